package fairlead.cache.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LineMaskTest {
  private final LineMask mask = new LineMask();

  private String mask(String line) {
    byte[] bytes = line.getBytes(UTF_8);
    mask.mask(bytes, 0, bytes.length);
    return new String(mask.masked(), 0, mask.length(), UTF_8);
  }

  @Test
  void aHugeLineIsForgottenAndMaskedTheSameAgain() {
    String line = "word 12 ".repeat(20_000);
    String masked = mask(line);
    assertThat(mask.masked().length).isGreaterThan(64 << 10);
    mask.trim();
    assertThat(mask.masked().length).isLessThan(1 << 10);
    assertThat(mask.length()).isZero();
    assertThat(mask(line)).isEqualTo(masked);
    mask("short");
    mask.trim();
    assertThat(mask("took 950ms")).isEqualTo("took #");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "Tests run: 12, Time elapsed: 0.153 s | tests run: #, time elapsed: # s",
        "BUILD FAILED in 2m 31s | build failed in #",
        "took 950ms | took #",
        "took 1.2 seconds | took #",
        "Got 1,024.5 KB of 3 MB | got # of #",
        "size 7 B | size #",
        "commit 9f86d081884c7d65 by a | commit # by a",
        "at 0x7ffdeadbeef in f | at # in f",
        "id 123e4567-e89b-12d3-a456-426614174000 done | id # done",
        "tf-random-0.5-IjFVdJXpGgq3hBuRJiaT27 | tf-random-#-#",
        "Mon Jun 11 16:50:02 UTC 2018 | # # # # utc #",
        "Date: Fri, 3 May 2019 | date: #, # # #",
        "2019-05-02 18:08:14.234 xcodebuild[2796:7833] x | xcodebuild[#] x",
        "[12:01:59] 'default' errored | 'default' errored",
        "2024-05-01T12:00:00.1234567Z npm ERR! x | npm err! x",
        "/home/travis/build/a/b/Foo.java:12: error | foo.java:#: error",
        "src/main/Foo.java:12:5: error | src/main/foo.java:#: error",
        "(/usr/lib/node/x.js:3:9) | (x.js:#)",
        "-I/usr/include/x -L/usr/lib | -ix -llib",
        "C:\\Users\\me\\proj\\a.cs(3,4): x | a.cs(#): x",
        "open /tmp/xk93lq/out | open #",
        "open /tmp/xk93lq/out.txt | open out.txt",
        "mktemp tmp.Ab12Cd34Ef | mktemp #",
        "~/work/x.rb | x.rb",
        "${HOME}/lib/x.so | ${home}/lib/x.so",
        "GET https://a.org/v1/x?token=abc: 500 | get https://a.org/v#/x #",
        "see (https://a.org/x) | see (https://a.org/x)",
        "file:///opt/x/y.html | file://y.html",
        "[  1%] Building | [#%] building",
        "[100%] Building | [#%] building",
        "hash -127633188 | hash #",
        "retry in 5 s | retry in # s",
        "utf8 x86_64 | utf# x#_#",
        "step 3/12 | step #/#",
        "t/a.sh ............ ok | t/a.sh ... ok",
        "======= errors ====== | === errors ===",
        "[=======>-----] 40% | [===>---] #%",
        "....F.......*.... | ...f...*...",
        "../../.. a-- b | ../../.. a-- b",
        "Jan 30, 2019 3:14:15 PM a.B | # #, # # a.b",
        "at 10:30 am sharp | at # sharp",
        "at 10:30 pms, 10 PM, 1.30 pm | at # pms, # pm, # pm",
      })
  void hidesWhatChangesFromRunToRun(String line, String masked) {
    assertThat(mask(line)).isEqualTo(masked);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "The command exited with 137. | the command exited with 137.",
        "failed with exit code 2 | failed with exit code 2",
        "exit_code=3 | exit_code=3",
        "Process completed with exit code 0 | process completed with exit code 0",
        "killed by signal 9 | killed by signal 9",
        "status: 404 | status: 404",
        "HTTP 503 | http 503",
        "status: 200 | status: #",
        "HTTP error: 0 | http error: 0",
        "3 passed, 0 failed | # passed, 0 failed",
        "3 passed, 2 failed | # passed, # failed",
        "Failures: 0, Errors: 1 | failures: 0, errors: #",
        "(0 failures) | (0 failures)",
        "0 warnings | # warnings",
        "exit code 1024 | exit code #",
      })
  void keepsTheNumbersThatSayWhatHappened(String line, String masked) {
    assertThat(mask(line)).isEqualTo(masked);
  }

  @Test
  void keepsNamesOfTestsFilesAndExceptions() {
    assertThat(mask("testInvalidThreadSafeReferenceUsage FAILED"))
        .isEqualTo("testinvalidthreadsafereferenceusage failed");
    assertThat(mask("java.lang.NullPointerException: value"))
        .isEqualTo("java.lang.nullpointerexception: value");
    assertThat(mask("ModuleNotFoundError: No module named 'yaml'"))
        .isEqualTo("modulenotfounderror: no module named 'yaml'");
    assertThat(mask("testUTF8PropertyWithUTF8StringContents"))
        .isEqualTo("testutf#propertywithutf#stringcontents");
  }

  @Test
  void leavesTerminalSequencesOut() {
    assertThat(mask("\u001b[31;1mER\u001b[0mROR\u001b[K: x\u001b]0;title\u0007 y\u001b(B"))
        .isEqualTo("error: x yb");
    assertThat(mask("  \u0001 a \t b\u001b")).isEqualTo("a b");
  }

  @Test
  void growsWithTheLine() {
    String line = "ab/".repeat(5_000);
    assertThat(mask(line)).isEqualTo(line);
    byte[] part = ("xx" + line + "yy").getBytes(ISO_8859_1);
    mask.mask(part, 2, part.length - 2);
    assertThat(mask.length()).isEqualTo(line.length());
  }
}
