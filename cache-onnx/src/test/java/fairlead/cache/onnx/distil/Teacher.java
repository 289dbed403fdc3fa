package fairlead.cache.onnx.distil;

import ai.onnxruntime.OrtException;
import fairlead.cache.embed.WordPiece;
import fairlead.cache.onnx.MiniLm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Texts as token ids with the float model's vectors of them. */
final class Teacher {
  /** The model sees no more of a text, marks included. */
  private static final int MOST_TOKENS = 128;

  /** A batch is bounded by its tokens, so that the model's work space stays in the caches. */
  private static final int BATCH_TOKENS = 1024;

  private static final int BATCH_TEXTS = 64;

  private final int[][] ids;
  private final float[][] vectors;

  private Teacher(int[][] ids, float[][] vectors) {
    this.ids = ids;
    this.vectors = vectors;
  }

  static Teacher of(MiniLm model, WordPiece vocabulary, List<String> texts) throws OrtException {
    int[][] ids = new int[texts.size()][];
    int[] room = new int[MOST_TOKENS - 2];
    for (int i = 0; i < ids.length; i++) {
      byte[] utf8 = texts.get(i).getBytes(StandardCharsets.UTF_8);
      ids[i] = Arrays.copyOf(room, vocabulary.encode(utf8, 0, utf8.length, room));
    }
    return of(model, ids);
  }

  /** Each token of the vocabulary alone. */
  static Teacher ofTokens(MiniLm model, WordPiece vocabulary) throws OrtException {
    return of(
        model,
        IntStream.range(0, vocabulary.size()).mapToObj(id -> new int[] {id}).toArray(int[][]::new));
  }

  private static Teacher of(MiniLm model, int[][] ids) throws OrtException {
    // Texts of about one length share a batch: padding is work as well.
    Integer[] byLength = new Integer[ids.length];
    Arrays.setAll(byLength, i -> i);
    Arrays.sort(byLength, Comparator.comparingInt(i -> ids[i].length));
    float[][] vectors = new float[ids.length][];
    for (int from = 0; from < ids.length; ) {
      int room = BATCH_TOKENS / (ids[byLength[from]].length + 2);
      int count = Math.min(ids.length - from, Math.clamp(room, 1, BATCH_TEXTS));
      int[][] batch = new int[count][];
      int[] counts = new int[count];
      for (int i = 0; i < count; i++) {
        batch[i] = ids[byLength[from + i]];
        counts[i] = batch[i].length;
      }
      float[][] found = model.vectors(batch, counts);
      for (int i = 0; i < count; i++) {
        vectors[byLength[from + i]] = found[i];
      }
      from += count;
    }
    return new Teacher(ids, vectors);
  }

  int size() {
    return ids.length;
  }

  /** The tokens of each text. */
  int[][] ids() {
    return ids;
  }

  /** The model's vector of each text, of unit length. */
  float[][] vectors() {
    return vectors;
  }
}
