"""What tests share: stub models with planted truth, and a server that speaks for them."""
