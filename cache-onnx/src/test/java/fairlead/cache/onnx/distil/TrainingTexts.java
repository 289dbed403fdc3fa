package fairlead.cache.onnx.distil;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What the table is fitted to besides the sentences of the corpus: questions and phrases made of
 * the vocabulary's words, without sense.
 *
 * <p>Documentation hardly asks and leaves most of English out; without these texts question words
 * and everyday words would keep the place they have alone.
 */
final class TrainingTexts {
  private static final String[] FRAMES = {
    "what is X?",
    "what are X?",
    "what is the best way to X?",
    "what is the best X?",
    "how do i X?",
    "how to X?",
    "how can i X?",
    "how does X work?",
    "how do you X?",
    "why does X?",
    "why is X?",
    "why do people X?",
    "is X?",
    "is X good?",
    "can i X?",
    "can X?",
    "can you X?",
    "which X?",
    "who is X?",
    "who X?",
    "when does X?",
    "when is X?",
    "where can i X?",
    "where is X?",
    "what does X mean?",
    "should i X?",
    "does X?",
    "do i need X?",
    "how much X?",
    "how many X?",
    "how long does X take?",
    "what is the difference between X and Y?",
    "which is better, X or Y?",
    "is there a X for Y?",
    "i want to X",
    "my X does not work",
    "please explain X",
    "tell me about X",
    "give me X",
    "explain X in simple words",
    "why did the X fail?",
    "how does X compare to Y?",
    "from X to Y",
    "X without Y",
    "X vs Y",
    "X in Y",
    "list all X",
    "summarise X",
    "write a X about Y",
    "what happens if X?",
    "what would happen if X?",
    "what should i do to X?",
    "are X better than Y?",
    "how did X become Y?",
    "X is Y",
    "X is not Y",
    "the X of Y",
    "X or Y",
    "X and Y",
    "X for Y",
    "X with Y",
    "i have X and i need Y",
    "what are some X?",
    "what are the most X in Y?",
    "how is X used in Y?",
    "does X help Y?",
    "will X Y?",
    "was X Y?"
  };

  /** Below are the vocabulary's marks, reserved places and single characters. */
  private static final int FIRST_WORD = 999;

  private final List<String> words = new ArrayList<>();
  private final SplittableRandom random;

  TrainingTexts(List<String> vocabulary, long seed) {
    for (String token : vocabulary.subList(FIRST_WORD, vocabulary.size())) {
      if (token.matches("[a-z]{2,}")) {
        words.add(token);
      }
    }
    random = new SplittableRandom(seed);
  }

  /** Frames around words, each word of the vocabulary as likely as any other. */
  List<String> texts(int count) {
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(frame().replace("X", words()).replace("Y", words()));
    }
    return texts;
  }

  private String frame() {
    return FRAMES[random.nextInt(FRAMES.length)];
  }

  private String words() {
    int count = 1 + random.nextInt(3);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i > 0 ? " " : "").append(words.get(random.nextInt(words.size())));
    }
    return text.toString();
  }
}
