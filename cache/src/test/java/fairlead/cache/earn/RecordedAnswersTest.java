package fairlead.cache.earn;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.earn.AnswerAgreement.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Recorded answers of many models: to different questions they never agree. */
final class RecordedAnswersTest {
  /** Questions that share so many words may have one answer. */
  private static final double OTHER_QUESTION = 0.3;

  @Test
  void answersToDifferentQuestionsNeverAgree() throws IOException {
    List<Map.Entry<String, Set<String>>> all = List.copyOf(recorded().entrySet());
    Map<Verdict, Integer> same = new EnumMap<>(Verdict.class);
    Map<Verdict, Integer> different = new EnumMap<>(Verdict.class);
    for (int i = 0; i < all.size(); i++) {
      List<String> answers = List.copyOf(all.get(i).getValue());
      for (int a = 0; a < answers.size(); a++) {
        for (int b = a + 1; b < answers.size(); b++) {
          same.merge(AnswerAgreementTest.compare(answers.get(a), answers.get(b)), 1, Integer::sum);
        }
        for (int j = i + 1; j < all.size(); j++) {
          if (alike(all.get(i).getKey(), all.get(j).getKey())) {
            continue;
          }
          for (String other : all.get(j).getValue()) {
            Verdict verdict = AnswerAgreementTest.compare(answers.get(a), other);
            different.merge(verdict, 1, Integer::sum);
            assertThat(verdict)
                .as(
                    "%s -> %s%n%s -> %s",
                    all.get(i).getKey(), answers.get(a), all.get(j).getKey(), other)
                .isNotEqualTo(Verdict.AGREES);
          }
        }
      }
    }
    System.out.println("one question, different models: " + same);
    System.out.println("different questions: " + different);
    assertThat(different.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThan(400);
  }

  private static boolean alike(String a, String b) {
    Set<String> left = new HashSet<>(new AnswerText(a).words());
    Set<String> right = new HashSet<>(new AnswerText(b).words());
    if (left.size() <= 1 && right.size() <= 1) {
      return true; // greetings
    }
    Set<String> both = new HashSet<>(left);
    both.retainAll(right);
    return both.size() > OTHER_QUESTION * Math.min(left.size(), right.size());
  }

  /** Answers by question, of calls with one user message and no history. */
  private static Map<String, Set<String>> recorded() throws IOException {
    Map<String, Set<String>> answers = new TreeMap<>();
    for (Path file : files()) {
      for (String line : Files.readAllLines(file)) {
        Object entry = Json.parse(line);
        Object request = body(at(entry, "request", "body"));
        Object response = body(at(entry, "response", "body"));
        String question = question(request);
        String answer = answer(response);
        if (question != null && answer != null) {
          answers.computeIfAbsent(question, _ -> new TreeSet<>()).add(answer);
        }
      }
    }
    return answers;
  }

  private static @Nullable String question(@Nullable Object request) {
    if (!(at(request, "messages") instanceof List<?> messages)) {
      return null;
    }
    List<Object> turns = new ArrayList<>();
    for (Object message : messages) {
      if (!"system".equals(at(message, "role"))) {
        turns.add(message);
      }
    }
    return turns.size() == 1 && at(turns.getFirst(), "content") instanceof String text
        ? text.strip()
        : null;
  }

  private static @Nullable String answer(@Nullable Object response) {
    Object content =
        at(response, "choices") instanceof List<?> choices && !choices.isEmpty()
            ? at(choices.getFirst(), "message", "content")
            : at(response, "content") instanceof List<?> parts && !parts.isEmpty()
                ? at(parts.getFirst(), "text")
                : null;
    return content instanceof String text && !text.isBlank() ? text : null;
  }

  private static @Nullable Object body(@Nullable Object body) {
    return body instanceof String text ? Json.parse(text) : body;
  }

  private static @Nullable Object at(@Nullable Object value, String... names) {
    Object at = value;
    for (String name : names) {
      at = at instanceof Map<?, ?> object ? object.get(name) : null;
    }
    return at;
  }

  private static List<Path> files() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path data = at.resolveSibling("shared").resolve("data").resolve("wire");
      if (Files.isDirectory(data)) {
        try (Stream<Path> walk = Files.walk(data)) {
          return walk.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
        }
      }
    }
    return Assumptions.abort(
        "skipped: the recorded exchanges are not at ../shared/data/wire beside this repository");
  }
}
