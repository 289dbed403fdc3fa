package fairlead.cache.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LogLinesTest {
  private final LogLines lines = new LogLines(42);

  private record Key(long high, long low) {}

  private Key read(String log) {
    byte[] bytes = log.getBytes(UTF_8);
    lines.read(bytes, 0, bytes.length);
    return new Key(lines.keyHigh(), lines.keyLow());
  }

  @Test
  void logsThatDifferInWhatIsMaskedHaveOneKey() {
    assertThat(read("\u001b[1mstart\u001b[0m 12:00:01\n\n/a/b/x.c:3: error: y\n"))
        .isEqualTo(read("start 09:59:59\r\n/home/me/x.c:41: error: y"));
  }

  @Test
  void anotherMessageOrderOrExitCodeIsAnotherKey() {
    Key key = read("first line\nsecond line\nexited with 1\n");
    assertThat(read("second line\nfirst line\nexited with 1\n")).isNotEqualTo(key);
    assertThat(read("first line\nsecond lint\nexited with 1\n")).isNotEqualTo(key);
    assertThat(read("first line\nsecond line\nexited with 137\n")).isNotEqualTo(key);
    assertThat(read("first line\nfirst line\nsecond line\nexited with 1\n")).isNotEqualTo(key);
    assertThat(read("first linesecond line\nexited with 1\n")).isNotEqualTo(key);
  }

  @Test
  void anotherSecretMakesOtherKeysAndLines() {
    byte[] log = "first line\nsecond line\n".getBytes(UTF_8);
    LogLines other = new LogLines(43);
    other.read(log, 0, log.length);
    lines.read(log, 0, log.length);
    assertThat(other.keyHigh()).isNotEqualTo(lines.keyHigh());
    assertThat(other.keyLow()).isNotEqualTo(lines.keyLow());
    assertThat(other.lines()[0]).isNotEqualTo(lines.lines()[0]);
  }

  @Test
  void aHugeLogIsForgottenAndReadTheSameAgain() {
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      log.append("case ")
          .append(Integer.toString(i + 50_000, 36).replaceAll("[0-9]", "_"))
          .append(i % 7)
          .append('\n');
      log.append("src/file_")
          .append((char) ('a' + i % 26))
          .append((char) ('a' + i / 26 % 26))
          .append((char) ('a' + i / 676 % 26))
          .append(".c: error\n");
    }
    Key key = read(log.toString());
    int count = lines.count();
    assertThat(lines.lines().length).isGreaterThan(8 << 10);
    lines.trim();
    assertThat(lines.lines().length).isLessThanOrEqualTo(8 << 10);
    assertThat(lines.count() + lines.weight() + lines.findings()).isZero();
    assertThat(read(log.toString())).isEqualTo(key);
    assertThat(lines.count()).isEqualTo(count);
    Key small = read("one line\nerror: another\n");
    lines.trim();
    assertThat(read("one line\nerror: another\n")).isEqualTo(small);
  }

  @Test
  void overwrittenProgressIsGoneButOverwrittenErrorsStay() {
    Key key = read("fetch\nobjects done\n");
    assertThat(read("fetch\nobjects 1%\robjects 50%\robjects done\r\n")).isEqualTo(key);
    assertThat(read("fetch\nobjects 1%\rfatal: no space\robjects done\n")).isNotEqualTo(key);
  }

  @Test
  void theSetHasLinesOnceWithoutProgressAndShortOnes() {
    read("plain words\nDownloading x.jar\n}\nplain words\nerror: y\n");
    assertThat(lines.count()).isEqualTo(2);
    assertThat(lines.findings()).isEqualTo(1);
    assertThat(lines.weight()).isEqualTo(1 + LogLines.FINDING_WEIGHT);
    assertThat(lines.lines()[0]).isLessThan(lines.lines()[1]);
  }

  private int findings(String log) {
    read(log);
    return lines.findings();
  }

  @Test
  void testsThatPassedOrWereSkippedAreProgressWhateverTheirTitles() {
    read(
        """
        t1-missing.sh .. ok 12 (3 usr)
        test bad_input::is_an_error ... ignored
        cvs-import.sh ............. skipped: cvs not found
        1/9 Test #1: wrong.password .......   Passed    0.03 sec
        test_fails (a.Tests) ... ok
        test_fails (a.Tests) ... skipped 'no network'
        """);
    assertThat(lines.count()).isZero();
    assertThat(findings("test bad_input ... FAILED\n")).isEqualTo(1);
    assertThat(findings("test bad_input ... ok then it panicked with an error\n")).isEqualTo(1);
    assertThat(findings("bad_input. ok\n")).isEqualTo(1);
    assertThat(findings("bad_input .. okay\n")).isEqualTo(1);
    assertThat(findings("bad_input ..\n")).isEqualTo(1);
  }

  @Test
  void whatCanBeIsNoFindingWhatCannotIs() {
    assertThat(findings("this can take a while\nas long as it can\n")).isZero();
    assertThat(findings("it can't be\n")).isEqualTo(1);
    assertThat(findings("it can\u2019t be\n")).isEqualTo(1);
    assertThat(findings("it cannot be\n")).isEqualTo(1);
    assertThat(findings("it can be wrong\n")).isEqualTo(1);
  }

  @Test
  void thePlaceOfAMessageForDebuggingIsNoFinding() {
    assertThat(findings("DEBUG proxied: proxied.go:12 closing\n")).isZero();
    assertThat(findings("[debug] proxied.go:12 closing\n")).isZero();
    assertThat(findings("DEBUG proxied: proxied.go:12 failed to close\n")).isEqualTo(1);
    assertThat(findings("INFO proxied.go:12 closing\n")).isEqualTo(1);
    assertThat(findings("src/debug.c:12: unused variable\n")).isEqualTo(1);
    assertThat(findings("debug.c:12: unused variable\n")).isEqualTo(1);
    assertThat(findings("debug_x.c:12: unused variable\n")).isEqualTo(1);
  }

  @Test
  void aFrameInWhichTheLogWasCutDoesNotCount() {
    String stack = "TypeError: x\n    at a.b (c.js:12:1)\n";
    Key key = read(stack);
    assertThat(read(stack + "    at d.e (f.j")).isEqualTo(key);
    assertThat(read(stack + "    at d.e")).isEqualTo(key);
    assertThat(lines.findings()).isEqualTo(2);
    assertThat(read(stack + "    at d.e (f.js:3:1)\n")).isNotEqualTo(key);
    assertThat(read(stack + "    at d.e\r")).isNotEqualTo(key);
    assertThat(read(stack + "caused by d.e")).isNotEqualTo(key);
    assertThat(read("TypeError: x\n    at a.b")).isNotEqualTo(read("TypeError: x\n    at d.e"));
  }

  @Test
  void linesBesideFindingsAreMarked() {
    read("aaaa\nbbbb\nerror: y\ncccc\ndddd\n");
    int beside = 0;
    for (int i = 0; i < lines.count(); i++) {
      beside += (lines.lines()[i] & LogLines.CLOSE) != 0 ? 1 : 0;
    }
    assertThat(beside).isEqualTo(2);
  }

  @Test
  void repeatedFindingsCountOnceForEveryDoubling() {
    int[] findings = new int[11];
    for (int times = 1; times <= 10; times++) {
      read("plain words\nplain words\n" + "error: y\n".repeat(times));
      findings[times] = lines.findings();
      assertThat(lines.count()).isEqualTo(1 + lines.findings());
    }
    assertThat(findings).containsExactly(0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4);
  }

  @Test
  void aLargeLogIsSortedToo() {
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < 30_000; i++) {
      log.append(Integer.toString(i % 20_000, 2).replace('0', 'x').replace('1', 'y'));
      log.append("zzzz\n");
    }
    read(log.toString());
    assertThat(lines.count()).isEqualTo(20_000);
    assertThat(Arrays.copyOf(lines.lines(), lines.count())).isSorted();
  }

  @Test
  void nothingHasNoLines() {
    read("");
    assertThat(lines.count()).isZero();
    assertThat(lines.weight()).isZero();
    read("\n\r\n}\n\u001b[0m\n");
    assertThat(lines.count()).isZero();
  }

  @Test
  void agreesWithTheSlowTwinOnRealLogs() {
    List<LogData.Failure> failures = LogData.failures();
    Map<List<Map.Entry<String, Integer>>, Key> keys = new HashMap<>();
    for (LogData.Failure failure : failures) {
      agree(failure.log(), keys);
    }
    assertThat(new HashSet<>(keys.values())).hasSameSizeAs(keys.keySet());
  }

  @Test
  void agreesWithTheSlowTwinOnMutatedLogs() {
    long seed = System.nanoTime();
    System.out.println("LogLinesTest mutated logs: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<LogData.Failure> failures = LogData.failures();
    for (int i = 0; i < 300; i++) {
      byte[] log = failures.get(random.nextInt(failures.size())).log();
      agree(mutate(log, random), new HashMap<>());
    }
  }

  @Test
  void agreesWithTheSlowTwinOnMadeUpLines() {
    long seed = System.nanoTime();
    System.out.println("LogLinesTest made-up lines: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 20_000; i++) {
      agree(madeUp(random), new HashMap<>());
    }
  }

  @Test
  void readsAnyBytes() {
    long seed = System.nanoTime();
    System.out.println("LogLinesTest any bytes: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      agree(bytes, new HashMap<>());
    }
  }

  /** The fast reading must find what the slow one finds, line by line and as a whole. */
  private void agree(byte[] log, Map<List<Map.Entry<String, Integer>>, Key> keys) {
    String all = new String(log, ISO_8859_1);
    LineMask mask = new LineMask();
    for (String line : all.split("[\r\n]+")) {
      byte[] bytes = line.getBytes(ISO_8859_1);
      mask.mask(bytes, 0, bytes.length);
      assertThat(new String(mask.masked(), 0, mask.length(), ISO_8859_1))
          .as("masked <%s>", line)
          .isEqualTo(SlowLogLines.mask(line));
    }
    byte[] inside = new byte[log.length + 20];
    Arrays.fill(inside, (byte) '7');
    System.arraycopy(log, 0, inside, 9, log.length);
    lines.read(inside, 9, 9 + log.length);
    List<Map.Entry<String, Integer>> slow = SlowLogLines.lines(log);
    Key key = new Key(lines.keyHigh(), lines.keyLow());
    assertThat(keys.computeIfAbsent(slow, none -> key)).isEqualTo(key);
    Map<String, Long> set = SlowLogLines.set(slow);
    assertThat(lines.count()).as("lines of <%s>", all).isEqualTo(set.size());
    assertThat(bits(LogLines.FINDING)).isEqualTo(bits(set, LogLines.FINDING));
    assertThat(bits(LogLines.CLOSE)).isEqualTo(bits(set, LogLines.CLOSE));
    assertThat(lines.findings()).isEqualTo(bits(set, LogLines.FINDING));
    assertThat(lines.weight())
        .isEqualTo(lines.count() + lines.findings() * (LogLines.FINDING_WEIGHT - 1));
    Set<Long> distinct = new HashSet<>();
    for (int i = 0; i < lines.count(); i++) {
      distinct.add(lines.lines()[i] & LogLines.HASH);
    }
    assertThat(distinct).hasSize(lines.count());
  }

  private int bits(long bit) {
    int found = 0;
    for (int i = 0; i < lines.count(); i++) {
      found += (lines.lines()[i] & bit) != 0 ? 1 : 0;
    }
    return found;
  }

  private static int bits(Map<String, Long> set, long bit) {
    int found = 0;
    for (long bits : set.values()) {
      found += (bits & bit) != 0 ? 1 : 0;
    }
    return found;
  }

  private static byte[] mutate(byte[] log, SplittableRandom random) {
    StringBuilder text = new StringBuilder(new String(log, ISO_8859_1));
    for (int i = random.nextInt(1, 30); i > 0; i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.deleteCharAt(at);
        case 2 -> text.insert(at, piece(random));
        default -> text.insert(at, "\r");
      }
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  private static byte[] madeUp(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(1, 14); i > 0; i--) {
      text.append(piece(random));
      text.append(random.nextInt(3) == 0 ? " " : "");
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  private static String piece(SplittableRandom random) {
    return PIECES[random.nextInt(PIECES.length)];
  }

  private static final String[] PIECES = {
    "1",
    "0",
    "12",
    "3.5",
    "10:20:30",
    "1,000",
    "404",
    "500",
    " ",
    "  ",
    "\t",
    ".",
    ",",
    ":",
    "=",
    "-",
    "--",
    "_",
    "/",
    "//",
    "\\",
    "~",
    "~/",
    "?",
    "(",
    ")",
    "[",
    "]",
    "[ ",
    "( ",
    "{",
    "}",
    "'",
    "\"",
    "`",
    "<",
    ">",
    "#",
    "+ ",
    "- ",
    "$ ",
    "at ",
    "\nat x",
    "e ",
    "....",
    "=====",
    " PM",
    "10:20 am",
    " ... ok",
    "debug ",
    "can",
    "\n",
    "\r",
    "\r\n",
    "\u001b[31m",
    "\u001b[",
    "\u001b]0;x\u0007",
    "\u001b]",
    "\u001b",
    "\u001bM",
    "\u0007",
    "\u0000",
    "\u007f",
    "ms",
    "s",
    "sec",
    "m",
    "h",
    "kb",
    "B",
    "b",
    "minutes",
    "x",
    "0x",
    "0xab",
    "deadbeef",
    "9f86d08",
    "9F86D081",
    "123e4567-e89b-12d3-a456-426614174000",
    "123e4567",
    "-e89b-12d3-a456-426614174000",
    "aB3dE5gH1jK2mN4p",
    "Jun",
    "june",
    "September",
    "septemberly",
    "Mon",
    "Mon, ",
    "may",
    "Sun ",
    "tmp",
    "tmp.",
    "TMPabcdefg",
    "abcdef1",
    "/tmp/",
    "/var/folders/",
    "private/",
    "/usr/lib/x.so",
    "C:\\a\\b",
    "c:/",
    "-I",
    "-L",
    "http",
    "https://",
    "file://",
    "a.org/x?y=1",
    "status",
    "code",
    "exit",
    "exited",
    " with ",
    "exit code ",
    "signal ",
    "exitcode",
    "returncode",
    "rc",
    "failed",
    "fail",
    "Failures",
    "failuresx",
    "error",
    "errors: ",
    "Error",
    "TypeError",
    "exception",
    "line ",
    "Foo.java",
    "x.c",
    ".c:",
    ".cs(",
    "ok ",
    "ok 1",
    "--- PASS",
    "[+] ",
    "#) ",
    "1) ",
    "\u00e2\u009c\u0093 ",
    "\u00e2\u009c\u0094",
    "\u00e2\u009c\u0097 ",
    "\u00e2\u009c",
    "\u00c3",
    "\u0085",
    "\u00a0",
    "Compiling",
    "downloading ",
    "word",
    "Test",
    "camelCase",
    "I",
    "L",
    "T",
    "Z",
    "2019-05-02 ",
    "2019-05-02T10:20:30.123Z ",
    "[10:20:30] ",
    "10:20:30 ",
    "+01:00",
    "%"
  };
}
