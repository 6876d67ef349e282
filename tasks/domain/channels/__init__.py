"""One file = one channel: a way in which two replies to one prompt can be alike. The verdict sums them."""
