# The settings page, used as people do: with and without scripts, by keyboard, with mistakes.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Web;

Web::run('settings.js');
