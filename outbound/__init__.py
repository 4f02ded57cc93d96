"""The only door to addresses that an editor, a DANE or the catalogue can choose.

The threat: whoever may type an address makes this machine send requests from inside our network.
The address can name the database, the hypervisor's metadata service or a router; a harmless name
can resolve to one of them the second time it is asked (rebinding), or redirect there; a server can
hold a thread for ever by sending one byte a second, fill the memory with a small compressed
answer, or present somebody else's certificate.

What stands against it, whatever asks:
- `addresses`: which schemes, ports, spellings and networks are refused (pure rules);
- `names`: one look-up per connection, bounded in time and in threads; every address it returns is
  checked, and the connection goes to a checked address, never to the name again (TLS keeps the
  name for SNI and verification);
- `families`: remembers which of IPv4 and IPv6 does not answer, so that nobody waits for it;
- `watchdog`: cuts the connection at the deadline whatever the server does meanwhile;
- `guard`: puts these together for each hop of a redirect, cuts what is too long, keeps no cookie,
  reads nothing from the environment (no proxy, no .netrc).
"""

from __future__ import annotations

from outbound.errors import (
    BadAnswer,
    Code,
    ConnectionFailed,
    LocalFault,
    NameFailed,
    OutboundError,
    Refused,
    TimedOut,
    TlsFailed,
)
from outbound.guard import Answer, Guard

__all__ = [
    "Answer",
    "BadAnswer",
    "Code",
    "ConnectionFailed",
    "Guard",
    "LocalFault",
    "NameFailed",
    "OutboundError",
    "Refused",
    "TimedOut",
    "TlsFailed",
]
