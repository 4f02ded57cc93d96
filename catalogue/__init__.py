"""What the nation offers: pure, without database nor Flask."""
