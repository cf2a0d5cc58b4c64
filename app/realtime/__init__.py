"""The live room: one socket per open tab, one hub per process, the page that speaks to them."""
