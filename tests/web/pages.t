# Every page at three widths, light and dark: valid, readable by everybody, light enough, inside the screen.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Web;

Web::run('pages.js');
