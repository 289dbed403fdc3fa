package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What most of a text has in common with another is its template, and what was said before belongs
 * to the question: neither makes two questions one.
 */
final class UnrelatedQuestionsTest {
  private static final int QUESTIONS = 10_000;
  private static final int UNTIL_FILED = 50;

  /** Of the real questions, nearly all of which are about different things. */
  private static final int MOST_ALIKE = QUESTIONS / 1000;

  private static final String INSTRUCTION =
      "You answer questions of engineers about anything they meet in their work. ".repeat(17);
  private static final String[] SUBJECTS =
      ("glacier violin enzyme turbine mortgage senator comet parser vineyard cathedral antibody"
              + " harbour novel tariff volcano orchid pension satellite bakery chessboard mammoth"
              + " railway sonnet laser passport beetle dam opera vaccine monastery carburettor"
              + " loom tsunami ballot sapphire kidney submarine tapestry falcon refinery")
          .split(" ");
  private static final String[] DEEDS =
      ("influence replace damage finance explain protect resemble shape limit predict outlast"
              + " attract weaken inspire")
          .split(" ");

  private final NumberedAnswers upstream = new NumberedAnswers();
  private int answer; // the last one

  private final Rig rig =
      new Rig(
          """
          providers:
            one: { type: openai-compatible, base_url: "http://1.example/v1" }
          routing:
            route: { targets: [one/a] }
          cache:
            semantic: { mode: serve, guards: balanced, recheck_percent: 0 }
          """,
          Map.of("one", upstream));

  @AfterEach
  void close() {
    rig.close();
  }

  /** Where the fixed text of 200 words stands. */
  enum Template {
    NONE,
    BEFORE,
    AFTER,
    AROUND;

    String with(String question) {
      int half = INSTRUCTION.indexOf("You", INSTRUCTION.length() / 2);
      return switch (this) {
        case NONE -> question;
        case BEFORE -> INSTRUCTION + "Question: " + question;
        case AFTER -> question + "\n\n" + INSTRUCTION;
        case AROUND ->
            INSTRUCTION.substring(0, half) + "\n" + question + "\n" + INSTRUCTION.substring(half);
      };
    }
  }

  private String ask(String... rolesAndTexts) throws IOException {
    FakeExchange http =
        rig.call(FakeExchange.chat(NumberedAnswers.chat(Map.of("model", "route"), rolesAndTexts)));
    assertThat(http.status).as(http.text()).isEqualTo(200);
    answer = NumberedAnswers.number(http);
    return String.valueOf(http.responseHeader("x-fairlead-cache"));
  }

  private void filed() {
    Objects.requireNonNull(rig.cache).flush();
  }

  /** Asks all, and returns those that were answered from memory. */
  private List<String> hits(Template template, Iterable<String> questions) throws IOException {
    List<String> hits = new ArrayList<>();
    List<String> stored = new ArrayList<>();
    int asked = 0;
    for (String question : questions) {
      String from = ask("user", template.with(question));
      if (from.equals("miss")) {
        stored.add(question);
      } else {
        hits.add(from + " \"" + question + "\" from \"" + stored.get(answer) + '"');
      }
      if (asked++ % UNTIL_FILED == 0) {
        filed();
      }
    }
    System.out.println(template + ": " + asked + " questions, " + hits.size() + " hits " + hits);
    return hits;
  }

  @ParameterizedTest
  @EnumSource
  void generatedOnesBehindOneTemplate(Template template) throws IOException {
    long seed = new SplittableRandom().nextLong();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Set<String> questions = new LinkedHashSet<>();
    while (questions.size() < QUESTIONS) {
      String one = SUBJECTS[random.nextInt(SUBJECTS.length)];
      String other = SUBJECTS[random.nextInt(SUBJECTS.length)];
      String deed = DEEDS[random.nextInt(DEEDS.length)];
      if (!one.equals(other)) {
        questions.add("How does a " + one + " " + deed + " a " + other + "?");
      }
    }
    assertThat(hits(template, questions).size()).isZero();
    // And the template hides no question that was asked.
    filed();
    String first = questions.iterator().next();
    assertThat(ask("user", template.with(first))).isEqualTo("exact");
    assertThat(ask("user", template.with(first.replace("a ", "a  ")))).startsWith("semantic");
  }

  /**
   * One question of each group of the same meaning, as far as anybody has said so: some that mean
   * the same are left, and no template makes more of them.
   */
  @ParameterizedTest
  @EnumSource(names = {"NONE", "BEFORE"})
  void realOnesBehindOneTemplate(Template template) throws IOException {
    Map<String, String> leaders = new HashMap<>();
    Set<String> texts = new LinkedHashSet<>();
    for (String line : text("qqp_pairs.tsv.gz").lines().toList()) {
      String[] columns = line.split("\t");
      if (columns.length == 4 && (columns[1].equals("0") || columns[1].equals("1"))) {
        texts.add(columns[2]);
        texts.add(columns[3]);
        if (columns[1].equals("1")) {
          leaders.put(leader(leaders, columns[2]), leader(leaders, columns[3]));
        }
      }
    }
    Set<String> groups = new HashSet<>();
    Set<String> questions = new LinkedHashSet<>();
    for (String text : texts) {
      if (questions.size() < QUESTIONS && groups.add(leader(leaders, text))) {
        questions.add(text);
      }
    }
    assertThat(questions).hasSize(QUESTIONS);
    assertThat(hits(template, questions).size()).isLessThanOrEqualTo(MOST_ALIKE);
  }

  private static String leader(Map<String, String> leaders, String of) {
    String leader = of;
    for (String next = leaders.get(leader);
        next != null && !next.equals(leader);
        next = leaders.get(leader)) {
      leader = next;
    }
    return leader;
  }

  @Test
  void followUpsBelongToWhatWasSaidBefore() throws IOException {
    List<Object> all = JSON.std.listFrom(text("meancache_contextual_queries.json.gz"));
    List<String[]> talks = new ArrayList<>();
    for (Object one : all) {
      Map<?, ?> talk = (Map<?, ?>) one;
      talks.add(
          new String[] {
            String.valueOf(talk.get("Main Query")),
            String.valueOf(talk.get("Main Query Response")),
            String.valueOf(talk.get("Follow-Up Query"))
          });
    }
    Set<String> asked = new HashSet<>();
    int histories = 0;
    List<String> hits = new ArrayList<>();
    for (int i = 0; i < talks.size(); i++) {
      String followUp = talks.get(i)[2];
      for (int before : new int[] {i, i + 1, i + 7, -1}) {
        String[] history = before < 0 ? new String[0] : talks.get(before % talks.size());
        if (!asked.add(String.join("\n", history) + "\n> " + followUp.toLowerCase(Locale.ROOT))) {
          continue;
        }
        String from =
            before < 0
                ? ask("user", followUp)
                : ask("user", history[0], "assistant", history[1], "user", followUp);
        histories++;
        if (!from.equals("miss")) {
          hits.add(from + " " + followUp + " after " + String.join(" / ", history));
        }
      }
      filed();
      // The same words after the same ones are found: the test would see a hit.
      assertThat(ask("user", talks.get(i)[0], "assistant", talks.get(i)[1], "user", followUp + " "))
          .isNotEqualTo("miss");
    }
    System.out.println(
        histories + " follow-ups after other first turns or none: " + hits.size() + " " + hits);
    assertThat(hits).isEmpty();
  }

  /** A file of the shared data, or the end of the test if it is not there. */
  private static String text(String name) throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path file = at.resolveSibling("shared").resolve("data").resolve("pairs").resolve(name);
      if (Files.exists(file)) {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
      }
    }
    return Assumptions.abort("skipped: no ../shared/data/pairs/" + name + " beside the repository");
  }
}
