# Messages, sending, deciding, pausing and "Needs a look", with and without scripts, with hostile data.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Web;

Web::run('messages.js');
