"""Files from outside: opened within limits as rows of text, with every fault noted where it is."""
