package fairlead.cache.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ShapesTest {
  private static Shape shape(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return Shapes.of(bytes, 0, bytes.length);
  }

  private static Map<Shape, Integer> count(List<String> texts) {
    Map<Shape, Integer> shapes = new EnumMap<>(Shape.class);
    for (Shape shape : Shape.values()) {
      shapes.put(shape, 0);
    }
    for (String text : texts) {
      shapes.merge(shape(text), 1, Integer::sum);
    }
    return shapes;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "How do I reset my password?",
        "java vs python speed",
        "What does `git rebase --onto` do, and when should I use it?",
        "Summarise this: The meeting was moved to Friday.\nBob will bring the slides.",
        "Which of these is faster?\n- a hash map\n- a sorted array\n- a trie",
        "What\u2019s the difference between \u201cgray\u201d and \u201cgrey\u201d?",
      })
  void questionsAreProse(String text) {
    assertThat(shape(text)).isEqualTo(Shape.PROSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "12345",
        "{\"model\": \"x\", \"messages\": []}",
        "import os\nimport sys\n\ndef main():\n    print(1)",
        "for (int i = 0; i < n; i++) {\n  sum += a[i];\n}\nreturn sum;",
        "Wie kann ich mein Passwort f\u00fcr das Konto zur\u00fccksetzen, und ist das sicher?",
        "\u5982\u4f55\u91cd\u7f6e\u6211\u7684\u5bc6\u7801\uff1f",
        "a | b | c\n--|--|--\n1 | 2 | 3\n4 | 5 | 6",
      })
  void codeDataAndOtherLanguagesAreOther(String text) {
    assertThat(shape(text)).isEqualTo(Shape.OTHER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        a window that is closed by the user should not be restored when it was empty
          . it is not restored if the user has closed it and there was nothing in it: 11ms
          . it is restored when there was a text that the user has not saved: 7 ms
        a file that cannot be read is not opened, and the user is told what it was
          2 passing (8.5s)
          1 failing
          1) a window that is closed by the user should not be restored when it was empty
             Error: timeout of 2000ms exceeded, the callback should be called in this test
        """,
        """
        what was expected of the list that is given to the view is not what it has got
        this is not the one that was there before the view had been drawn for the user
        error in the one that is the first of these and is not to be the last of them
            at View.draw (view.js:12:40)
            at View.list (view.js:120:4)
            at Timer.run(Timer.java:88)
        it was there before and is not there now, so this is what we say about it
        """,
      })
  void sentencesThatProgramsWriteAreLogs(String text) {
    assertThat(shape(text)).isEqualTo(Shape.LOG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        Our pages are slow, what can we do about it?
        The first page that the users see is there after 900ms
        The list of all the orders that they have made takes 1200 ms
        What they are looking for is found after 300ms
        I have read that more than 200 ms is too much for them
        Which of these should we look at before the others?
        """,
        """
        Which of the runners has an error in the time that was written down?
        The one who came in as the first was there after (58s)
        The one who came in as the second was there after (61s)
        We have been told about all of the others that they were slower than that
        It is not known to us if the failed start of the second one was counted in
        We would like to know who it is that should get the prize for this
        They have all been there at the same time, and it was not windy on that day
        """,
      })
  void sentencesAboutDurationsAreNoLogs(String text) {
    assertThat(shape(text)).isNotEqualTo(Shape.LOG);
  }

  @Test
  void longProseIsOther() {
    assertThat(shape("Tell me what this says about the cat. ".repeat(100))).isEqualTo(Shape.OTHER);
  }

  @ParameterizedTest
  @CsvSource({
    "qqp_pairs.tsv.gz, 2, 0.995",
    "pawsqqp_pairs.tsv, 1, 0.99",
    "langcache_pairs.tsv, 1, 0.99",
    "mrpc_pairs.tsv.gz, 1, 0.99",
    "stsb_pairs.tsv.gz, 1, 0.99",
    "sick_pairs.tsv.gz, 1, 0.99"
  })
  void textsOfQuestionSetsAreProseAndNeverLogs(String set, int first, double least) {
    List<String> texts = new ArrayList<>();
    for (String line : LogData.lines(set)) {
      String[] cells = line.split("\t", -1);
      for (int i = first; i < Math.min(first + 2, cells.length); i++) {
        texts.add(cells[i].replace("\\n", "\n"));
      }
    }
    Map<Shape, Integer> shapes = count(texts);
    System.out.println(set + " " + shapes);
    assertThat(shapes.getOrDefault(Shape.PROSE, 0))
        .isGreaterThanOrEqualTo((int) (texts.size() * least));
    assertThat(shapes).containsEntry(Shape.LOG, 0);
  }

  @Test
  void failedBuildsAreLogsAndNeverProse() {
    List<String> texts = new ArrayList<>();
    for (LogData.Failure failure : LogData.failures()) {
      String log = new String(failure.log(), UTF_8);
      texts.add(log);
      texts.add("Why did this build fail? Name the cause and what to do about it.\n\n" + log);
    }
    Map<Shape, Integer> shapes = count(texts);
    System.out.println("failed builds " + shapes);
    assertThat(shapes.getOrDefault(Shape.LOG, 0)).isGreaterThanOrEqualTo(texts.size() * 92 / 100);
    assertThat(shapes).containsEntry(Shape.PROSE, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Android", "Hadoop", "Linux", "OpenStack", "Spark", "Zookeeper"})
  void outputOfProgramsIsLog(String program) {
    List<String> texts = new ArrayList<>();
    List<LogData.Line> lines = LogData.program(program);
    for (int i = 0; i + 20 <= lines.size(); i += 20) {
      StringBuilder text = new StringBuilder();
      for (LogData.Line line : lines.subList(i, i + 20)) {
        text.append("2024-05-01 10:20:30,123 INFO ").append(line.text()).append('\n');
      }
      texts.add(text.toString());
    }
    Map<Shape, Integer> shapes = count(texts);
    System.out.println(program + " " + shapes);
    assertThat(shapes.getOrDefault(Shape.LOG, 0)).isGreaterThanOrEqualTo(texts.size() * 95 / 100);
  }

  @Test
  void looksAtNothingOutsideItsBounds() {
    long seed = System.nanoTime();
    System.out.println("ShapesTest: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 5_000; i++) {
      byte[] text = new byte[random.nextInt(300)];
      random.nextBytes(text);
      byte[] inside = new byte[text.length + 12];
      random.nextBytes(inside);
      System.arraycopy(text, 0, inside, 5, text.length);
      assertThat(Shapes.of(inside, 5, 5 + text.length)).isEqualTo(Shapes.of(text, 0, text.length));
    }
  }
}
