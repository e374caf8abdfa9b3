"""What is sent: once, whatever fails, from a wish to a receipt that is final."""
