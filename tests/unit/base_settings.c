/*
 * base_settings.c: the promises of settings.h, and that
 * conf/spoke.conf.example documents every setting there is.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/settings.h"
#include "tap.h"

#define SECRET "Zk2Wq8Lr5Tn9Xc3Vb7Hm4Jd6Fs1Gp0Yw"
#define NEEDED "BASE_URL=https://x.example\nSESSION_SECRET=" SECRET "\nDATA_DIR=/var/lib/spoke\n"
#define LOCAL "BASE_URL=http://localhost:3000\nSESSION_SECRET=s\nDATA_DIR=/d\n"
#define SIM                                                   \
	"BANDWIDTH_MESSAGING_URL=http://localhost:1/api/v2\n" \
	"BANDWIDTH_NUMBERS_URL=http://127.0.0.1:1/api/v2\n"   \
	"BANDWIDTH_TOKEN_URL=https://sim.example/token\n"

static struct arena *arena;
static struct settings s;
static struct buf problems;

static int
read_with(const char *text, const char *const *env)
{
	buf_reset(&problems);
	return settings_read(text, strlen(text), env, arena, &s, &problems);
}

static int
read_text(const char *text)
{
	return read_with(text, NULL);
}

static bool
says(const char *part)
{
	return strstr(buf_str(&problems), part) != NULL;
}

static size_t
lines_said(void)
{
	const char *p = buf_str(&problems);
	size_t n = 0;

	for (; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	return n;
}

static void
defaults(void)
{
	char dir[PATH_MAX + 20], want[PATH_MAX + 40];

	is_int(read_text(NEEDED), 0, "three settings are enough");
	is_str(buf_str(&problems), "", "and nothing is said");
	is_str(s.base_url.origin, "https://x.example", "BASE_URL is taken apart");
	is_str(s.session_secret, SECRET, "the secret is as given");
	is_str(s.data_dir, "/var/lib/spoke", "so is the directory");
	ok(s.base_url_previous_count == 0 && s.session_secret_previous == NULL &&
		s.conf_path == NULL,
	    "nothing previous, no file");
	is_str(s.default_service, "bandwidth", "default of DEFAULT_SERVICE");
	is_str(s.service_managers, "sticky-sender,numpicker-basic", "of SERVICE_MANAGERS");
	is_str(
	    s.messaging_url, "https://messaging.bandwidth.com/api/v2", "of the messaging address");
	is_str(s.numbers_url, "https://api.bandwidth.com/api/v2", "of the numbers address");
	is_str(
	    s.token_url, "https://api.bandwidth.com/api/v1/oauth2/token", "of the token address");
	is_str(s.trusted_proxies, "", "of TRUSTED_PROXIES");
	ok(!s.rehearsal && !s.unknown_resend && s.log_level == LOG_INFO, "of the switches");
	ok(s.threads == 32 && s.cache_bytes == 8 << 20 && s.store_stall_s == 30 &&
		s.daily_segments == 2000 && s.segments_per_second == 1 && s.api_rate == 50,
	    "of the numbers");
	snprintf(dir, sizeof(dir), "%s", settings_program_dir(arena));
	snprintf(want, sizeof(want), "%s/spoke-worker", dir);
	ok(dir[0] == '/', "the program's directory is known");
	is_str(s.worker_path, access(want, F_OK) == 0 ? want : PKGLIBEXECDIR "/spoke-worker",
	    "WORKER lies in the program's directory, or where it is installed");
}

static void
the_form(void)
{
	is_int(read_text("\xef\xbb\xbf# c\r\n \t BASE_URL \t = \t https://x.example \r\n\n  # c=d\n"
			 "SESSION_SECRET=\"" SECRET "\"\nDATA_DIR=/a b/\n"),
	    0, "blanks, comments, quotes, CR and a byte order mark are no fault");
	is_str(s.base_url.text, "https://x.example", "blanks are dropped");
	is_str(s.session_secret, SECRET, "so are quotes");
	is_str(s.data_dir, "/a b", "a blank within stays, a trailing slash goes");
	ok(read_text(NEEDED "LOG_LEVEL=debug") == 0 && s.log_level == LOG_DEBUG,
	    "the last line needs no newline");
	ok(read_text(NEEDED "SERVICE_MANAGERS=\"sticky-sender\"\n") == 0, "quotes round any value");
	ok(read_text(NEEDED "THREADS=\n") == 0 && s.threads == 32, "an empty value is the default");
	ok(read_text(NEEDED "THREADS=\"\"\n") == 0, "in quotes too");
	ok(read_text("BASE_URL=http://localhost\nDATA_DIR=/d\nSESSION_SECRET=\"a \"b\"\n") == 0 &&
		strcmp(s.session_secret, "a \"b") == 0,
	    "only the outer quotes go");
}

static const struct {
	const char *text; /* behind the three needed lines, so its first line is 4 */
	const char *said; /* a part of what is said */
} faults[] = {
    {"FOO=1\n", "line 4: FOO is not a setting"},
    {"\n# c\nbase_url=1\n", "line 6: base_url is not a setting"},
    {"LOG_LEVEL=info\nLOG_LEVEL=info\n", "line 5: LOG_LEVEL is set in line 4 already"},
    {"DATA_DIR=/x\n", "line 4: DATA_DIR is set in line 3 already"},
    {"LOG_LEVEL\n", "line 4: needs the form KEY=value"},
    {"=x\n", "line 4: there is no setting of this name"},
    {"\"LOG_LEVEL\"=info\n", "line 4: there is no setting of this name"},
    {"LOG_LEVEL=\"info\n", "line 4: the value of LOG_LEVEL begins with a double quote"},
    {"LOG_LEVEL=\"\n", "line 4: the value of LOG_LEVEL begins with a double quote"},
    {"LOG_LEVEL=in\x01"
     "fo\n",
	"line 4: holds control characters"},
    {"# c\n\xff=1\n", "line 5: holds control characters or bytes that are not UTF-8"},
    {"LOG_LEVEL=loud\n", "line 4: LOG_LEVEL must be error, warn, info or debug."},
    {"LOG_LEVEL=Info\n", "LOG_LEVEL must be"},
    {"REHEARSAL=true\n", "line 4: REHEARSAL must be yes or no."},
    {"UNKNOWN_RESEND=Yes\n", "line 4: UNKNOWN_RESEND must be yes or no."},
    {"THREADS=0\n", "line 4: THREADS must be a whole number from 1 to 256."},
    {"THREADS=257\n", "THREADS must be"},
    {"THREADS=32 # many\n", "THREADS must be"},
    {"THREADS=+5\n", "THREADS must be"},
    {"THREADS=99999999999999999999\n", "THREADS must be"},
    {"CACHE_BYTES=1048575\n", "CACHE_BYTES must be a whole number from 1048576 to 4294967296."},
    {"CACHE_BYTES=4294967297\n", "CACHE_BYTES must be"},
    {"CACHE_BYTES=8M\n", "CACHE_BYTES must be"},
    {"STORE_STALL_SECONDS=4\n", "STORE_STALL_SECONDS must be a whole number from 5 to 600."},
    {"STORE_STALL_SECONDS=601\n", "STORE_STALL_SECONDS must be"},
    {"DAILY_SEGMENTS=0\n", "DAILY_SEGMENTS must be a whole number from 1 to 10000000."},
    {"DAILY_SEGMENTS=10000001\n", "DAILY_SEGMENTS must be"},
    {"SEGMENTS_PER_SECOND=0\n", "SEGMENTS_PER_SECOND must be a whole number from 1 to 1000."},
    {"SEGMENTS_PER_SECOND=1001\n", "SEGMENTS_PER_SECOND must be"},
    {"SEGMENTS_PER_SECOND=1.5\n", "SEGMENTS_PER_SECOND must be"},
    {"API_REQUESTS_PER_SECOND=-1\n",
	"API_REQUESTS_PER_SECOND must be a whole number from 0 to 10000."},
    {"API_REQUESTS_PER_SECOND=10001\n", "API_REQUESTS_PER_SECOND must be"},
    {"DEFAULT_SERVICE=twilio\n", "line 4: DEFAULT_SERVICE must be bandwidth"},
    {"SERVICE_MANAGERS=Sticky;rm\n", "line 4: SERVICE_MANAGERS must be names"},
    {"WORKER=spoke-worker\n", "line 4: WORKER must be an absolute path"},
    {"WORKER=/\n", "line 4: WORKER must not be the root directory"},
    {"TRUSTED_PROXIES=localhost\n", "line 4: TRUSTED_PROXIES must be IP addresses"},
    {"TRUSTED_PROXIES=192.0.2.1,192.0.2.2\n", "TRUSTED_PROXIES must be"},
    {"TRUSTED_PROXIES=192.0.2.1 192.0.2\n", "TRUSTED_PROXIES must be"},
    {"TRUSTED_PROXIES=192.0.2.0/24\n", "TRUSTED_PROXIES must be"},
    {"TRUSTED_PROXIES=1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222:3333\n",
	"TRUSTED_PROXIES must be"},
    {"BASE_URL_PREVIOUS=http://old.example\n", "line 4: BASE_URL_PREVIOUS must begin with"},
    {"BASE_URL_PREVIOUS=https://a.example https://a.example/\n",
	"must not end in a slash (address 2)"},
    {"BASE_URL_PREVIOUS=https://a.example https://a.example\n",
	"line 4: BASE_URL_PREVIOUS holds an address twice"},
    {"BASE_URL_PREVIOUS=https://x.example\n", "line 4: BASE_URL_PREVIOUS holds BASE_URL itself"},
    {"BASE_URL_PREVIOUS=https://a https://b https://c https://d https://e https://f https://g "
     "https://h https://i\n",
	"line 4: BASE_URL_PREVIOUS holds more than 8 addresses"},
    {"SESSION_SECRET_PREVIOUS=short\n", "line 4: SESSION_SECRET_PREVIOUS is shorter than 32"},
    {"SESSION_SECRET_PREVIOUS=" SECRET "\n",
	"line 4: SESSION_SECRET_PREVIOUS is the same as SESSION_SECRET"},
    {"BANDWIDTH_MESSAGING_URL=http://localhost:1/api/v2\n",
	"line 4: BANDWIDTH_MESSAGING_URL differs from Bandwidth's own address, which needs "
	"REHEARSAL=yes"},
    {"BANDWIDTH_NUMBERS_URL=https://sim.example/x\n", "line 4: BANDWIDTH_NUMBERS_URL differs"},
    {"BANDWIDTH_TOKEN_URL=https://sim.example/x\nREHEARSAL=no\n",
	"line 4: BANDWIDTH_TOKEN_URL differs"},
    {"REHEARSAL=yes\n", "BANDWIDTH_NUMBERS_URL must be set to another address"},
    {"REHEARSAL=yes\n" SIM "FOO=\n", "line 8: FOO is not a setting"},
    {"REHEARSAL=yes\nBANDWIDTH_MESSAGING_URL=http://sim.example/api/v2\n",
	"line 5: BANDWIDTH_MESSAGING_URL must begin with \"https://\""},
};

static void
each_fault(void)
{
	char text[2000];
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", NEEDED, faults[i].text);
		if (!ok(read_text(text) == -1 && says(faults[i].said) && !says(SECRET),
			"fault %zu is refused and named with its line", i + 1))
			printf("#   said: %s\n", buf_str(&problems));
	}
	is_int(settings_read(
		   NEEDED "A\0B=1\n", sizeof(NEEDED "A\0B=1\n") - 1, NULL, arena, &s, &problems),
	    -1, "a NUL byte is a fault");
}

static void
needed(void)
{
	is_int(read_text(""), -1, "nothing at all is not enough");
	ok(says("BASE_URL is missing") && says("SESSION_SECRET is missing") &&
		says("DATA_DIR is missing") && lines_said() == 3,
	    "each missing setting is named, once");
	read_text("BASE_URL=\nSESSION_SECRET=\nDATA_DIR=\n");
	ok(says("line 1: BASE_URL is missing") && lines_said() == 3, "an empty one is missing too");
	read_text("BASE_URL=https://x.example/\nDATA_DIR=var\nSESSION_SECRET=abc\n");
	ok(says("line 1: BASE_URL must not end in a slash.") &&
		says("line 2: DATA_DIR must be an absolute path") && lines_said() == 2,
	    "faults of different lines are said at once");
	ok(s.base_url.text == NULL && s.data_dir == NULL && s.service_managers != NULL,
	    "and the fields are as good as they can be");
	read_text("BASE_URL=http://texting.example.org\n");
	ok(says("must begin with \"https://\""), "http to elsewhere is refused");
	read_text("BASE_URL=https://u:p@x.example\n");
	ok(says("user name or password") && !says("u:p"), "user info is refused and not shown");
}

static void
secrets(void)
{
	ok(read_text(LOCAL) == 0, "on loopback any secret will do");
	ok(read_text("BASE_URL=http://[::1]:1\nDATA_DIR=/d\n"
		     "SESSION_SECRET=a-very-long-session-secret-0123456789\n") == 0,
	    "even one from the documentation");
	ok(read_text(LOCAL "BASE_URL_PREVIOUS=https://x.example\n") == -1 &&
		says("SESSION_SECRET is "
		     "shorter than 32"),
	    "not when the address was a public one before");
	ok(read_text("BASE_URL=https://x.example\nDATA_DIR=/d\n"
		     "SESSION_SECRET=Zk2Wq8Lr5Tn9Xc3Vb7Hm4Jd6Fs1Gp0Y\n") == -1 &&
		says(
		    "line 3: SESSION_SECRET is shorter than 32 characters; make one with \"openssl "
		    "rand -base64 32\"") &&
		!says("Zk2W"),
	    "31 characters are too few");
	ok(read_text(
	       "BASE_URL=https://x.example\nDATA_DIR=/d\n"
	       "SESSION_SECRET=\xc3\xa9\xc3\xa8\xc3\xa0\xc3\xa9\xc3\xa8\xc3\xa0\xc3\xa9\xc3\xa8"
	       "\xc3\xa0\xc3\xa9\xc3\xa8\xc3\xa0\xc3\xa9\xc3\xa8\xc3\xa0\xc3\xa9\n") == -1 &&
		says("shorter than 32"),
	    "characters count, not bytes");
	ok(read_text("BASE_URL=https://x.example\nDATA_DIR=/d\n"
		     "SESSION_SECRET=abcdefgabcdefgabcdefgabcdefgabcdefg\n") == -1 &&
		says("SESSION_SECRET has fewer than 8 different characters"),
	    "7 different are too few");
	ok(read_text("BASE_URL=https://x.example\nDATA_DIR=/d\n"
		     "SESSION_SECRET=abcdefghabcdefghabcdefghabcdefgh\n") == 0,
	    "8 are not");
	ok(read_text("BASE_URL=https://x.example\nDATA_DIR=/d\n"
		     "SESSION_SECRET=a-very-long-session-secret-0123456789\n") == -1 &&
		says("SESSION_SECRET is an example printed in the documentation") &&
		!says("0123456789"),
	    "the one in the documentation is refused");
	ok(read_text(NEEDED "SESSION_SECRET_PREVIOUS=Yk2Wq8Lr5Tn9Xc3Vb7Hm4Jd6Fs1Gp0Yw\n") == 0 &&
		strncmp(s.session_secret_previous, "Yk2", 3) == 0,
	    "a previous secret is taken");
	read_text(
	    "BASE_URL=https://x.example\nDATA_DIR=/d\nSESSION_SECRET=abc\ndGhpc0lzQVNlY3JldA==\n");
	ok(!says("dGhp"), "half of a secret in a line of its own is not shown");
}

static void
rehearsal(void)
{
	is_int(read_text(LOCAL "REHEARSAL=yes\n" SIM), 0, "a rehearsal has all three addresses");
	ok(s.rehearsal && strcmp(s.messaging_url, "http://localhost:1/api/v2") == 0 &&
		strcmp(s.numbers_url, "http://127.0.0.1:1/api/v2") == 0 &&
		strcmp(s.token_url, "https://sim.example/token") == 0,
	    "and uses them");
	is_int(read_text(LOCAL SIM), -1, "without REHEARSAL they are refused");
	is_int(lines_said(), 3, "each");
	is_int(
	    read_text(LOCAL "REHEARSAL=yes\n"), -1, "REHEARSAL never reaches the real Bandwidth");
	is_int(lines_said(), 3, "by any of the three");
	is_int(read_text(NEEDED "BANDWIDTH_NUMBERS_URL=https://api.bandwidth.com/api/v2\n"), 0,
	    "the real address may be written down");
}

static void
lists(void)
{
	ok(read_text(NEEDED "BASE_URL_PREVIOUS=https://a.example  https://b.example/x\n") == 0 &&
		s.base_url_previous_count == 2,
	    "previous addresses are a list");
	is_str(s.base_url_previous[1].path, "/x", "and each is taken apart");
	ok(read_text(NEEDED "TRUSTED_PROXIES=192.0.2.1 \t 2001:DB8:0:0::1\n") == 0,
	    "so are proxies");
	is_str(s.trusted_proxies, "192.0.2.1 2001:db8::1", "written in one way");
	ok(read_text(
	       NEEDED "WORKER=/x/y/\nTHREADS=256\nCACHE_BYTES=4294967296\n"
		      "STORE_STALL_SECONDS=5\nDAILY_SEGMENTS=10000000\nSEGMENTS_PER_SECOND=1000\n"
		      "API_REQUESTS_PER_SECOND=0\nUNKNOWN_RESEND=yes\nLOG_LEVEL=error\n") == 0 &&
		strcmp(s.worker_path, "/x/y") == 0 && s.threads == 256 &&
		s.cache_bytes == INT64_C(4294967296) && s.store_stall_s == 5 &&
		s.daily_segments == 10000000 && s.segments_per_second == 1000 && s.api_rate == 0 &&
		s.unknown_resend && s.log_level == LOG_ERROR,
	    "every limit is inside");
}

static void
environment(void)
{
	static const char *const over[] = {
	    "PATH=/bin", "FOO=1", "THREADS=7", "LOG_LEVEL=", "nothing", "THREADS=8", "=x", NULL};
	static const char *const whole[] = {
	    "BASE_URL=https://x.example", "SESSION_SECRET=" SECRET, "DATA_DIR=/d", NULL};
	static const char *const wrong[] = {"THREADS=x", "LOG_LEVEL=a\nb", NULL};

	ok(read_with(NEEDED "THREADS=5\nLOG_LEVEL=debug\n", over) == 0 && s.threads == 7,
	    "the environment wins, other names in it are no fault");
	is_int(s.log_level, LOG_INFO, "an empty value there means the default");
	is_int(read_with("", whole), 0, "the environment alone is enough");
	is_int(read_with(NEEDED "THREADS=5\n", wrong), -1, "its faults are faults");
	ok(says("the environment: THREADS must be") && says("the environment: LOG_LEVEL holds") &&
		!says("line"),
	    "and named as such");
}

/* Writes a file and gives its path. */
static const char *
file_of(const char *dir, const char *text)
{
	const char *path = arena_fmt(arena, "%s/spoke.conf", dir);
	FILE *f = fopen(path, "w");

	if (f != NULL) {
		fputs(text, f);
		fclose(f);
	}
	return path;
}

static int
load(const char *sysconfdir)
{
	buf_reset(&problems);
	return settings_load(arena, sysconfdir, &s, &problems);
}

static void
files(void)
{
	char dir[] = "/tmp/base_settings.XXXXXX";
	const char *path = NULL;
	size_t i;

	for (i = 0; settings_name(i) != NULL; i++)
		unsetenv(settings_name(i));
	if (mkdtemp(dir) == NULL) {
		ok(false, "a directory for the test");
		return;
	}
	mkdir(arena_fmt(arena, "%s/spoke", dir), 0700);
	unsetenv("SPOKE_CONF");
	ok(load(dir) == -1 && says("No settings file was found") && says(dir),
	    "no file is said to be none");
	path = file_of(arena_fmt(arena, "%s/spoke", dir), NEEDED "THREADS=3\n");
	is_int(load(dir), 0, "the file in sysconfdir is found");
	ok(s.threads == 3 && strcmp(s.conf_path, path) == 0, "and read");
	path = file_of(dir, NEEDED "THREADS=0\n");
	setenv("SPOKE_CONF", path, 1);
	ok(load(dir) == -1 && says(arena_fmt(arena, "%s, line 4: THREADS must be", path)),
	    "what SPOKE_CONF names comes first, and faults name the file");
	setenv("THREADS", "9", 1);
	ok(load(dir) == 0 && s.threads == 9, "the environment wins over it");
	unsetenv("THREADS");
	setenv("SPOKE_CONF", arena_fmt(arena, "%s/no/such", dir), 1);
	ok(load(dir) == -1 && says("/no/such") && says("does not exist"),
	    "a file that is not there is named");
	setenv("SPOKE_CONF", dir, 1);
	ok(load(dir) == -1 && says(dir) && says("is not a regular file"), "a directory is no file");
	chmod(path, 0);
	setenv("SPOKE_CONF", path, 1);
	ok(geteuid() == 0 || (load(dir) == -1 && says(path) && says("Permission denied")),
	    "a file that cannot be read is named with the reason");
	chmod(path, 0600);
	truncate(path, 1 << 20) == 0 ? load(dir) : 0;
	ok(says(path) && says("File too large"), "a file of a megabyte is refused");
	unlink(path);
	unlink(arena_fmt(arena, "%s/spoke/spoke.conf", dir));
	rmdir(arena_fmt(arena, "%s/spoke", dir));
	rmdir(dir);
}

/* The example, from where the tests are run or from where this file lies. */
static FILE *
open_example(void)
{
	const char *source = getenv("SOURCE"); /* set by tests/harness */
	const char *slash = strrchr(__FILE__, '/');
	const char *tries[] = {
	    arena_fmt(arena, "%s/conf/spoke.conf.example", source != NULL ? source : "."),
	    "conf/spoke.conf.example",
	    arena_fmt(arena, "%.*s/../../conf/spoke.conf.example",
		slash != NULL ? (int)(slash - __FILE__) : 1, slash != NULL ? __FILE__ : "."),
	};
	FILE *f = NULL;
	size_t i;

	for (i = 0; f == NULL && i < sizeof(tries) / sizeof(tries[0]); i++)
		f = fopen(tries[i], "r");
	return f;
}

static void
the_example(void)
{
	char text[30000] = "", line[400], *p = text, *from = NULL, *equals = NULL;
	char last[400] = "";
	FILE *f = open_example();
	size_t i, listed = 0;
	bool known = true, commented = true;

	if (!ok(f != NULL, "conf/spoke.conf.example is there"))
		return;
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	for (i = 0; settings_name(i) != NULL; i++) {
		snprintf(line, sizeof(line), "\n%s=", settings_name(i));
		from = strstr(text, line);
		snprintf(line, sizeof(line), "\n#%s=", settings_name(i));
		ok((from != NULL) != (strstr(text, line) != NULL), "%s is in the example, once",
		    settings_name(i));
	}
	for (; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n') {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
		from = line[0] == '#' ? line + 1 : line;
		equals = from + strspn(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		if (*from != '\0' && *equals == '=' && equals > from) {
			listed++;
			*equals = '\0';
			for (i = 0;
			     settings_name(i) != NULL && strcmp(settings_name(i), from) != 0;)
				i++;
			known = known && settings_name(i) != NULL;
			commented = commented && last[0] == '#' && last[1] == ' ';
		}
		snprintf(last, sizeof(last), "%s", line);
	}
	for (i = 0; settings_name(i) != NULL; i++)
		continue;
	is_int(listed, i, "the example has as many settings as there are");
	ok(known, "and none that there is not");
	ok(commented, "each below its comment");
	ok(read_text(text) == -1 && says("SESSION_SECRET is missing") && lines_said() == 1,
	    "as it stands, the example lacks nothing but the secret");
}

int
main(void)
{
	arena = arena_new();
	buf_init(&problems, 10000);
	defaults();
	the_form();
	each_fault();
	needed();
	secrets();
	rehearsal();
	lists();
	environment();
	files();
	the_example();
	buf_free(&problems);
	arena_free(arena);
	return done_testing();
}
