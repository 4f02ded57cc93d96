"""Who may do what: accounts, rights, sessions."""
