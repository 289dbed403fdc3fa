package fairlead.cache.onnx.distil;

import ai.onnxruntime.OrtException;
import fairlead.cache.embed.TokenTable;
import fairlead.cache.embed.WordPiece;
import fairlead.cache.onnx.MiniLm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Makes the token table: forwards vocabulary and texts through the float model, turns the model's
 * vectors into fewer dimensions, and fits a row for every token to them.
 *
 * <p>One thread, fixed seeds. Recipe, figures and how close a second run must come:
 * docs/decisions/0014-static-token-table.md.
 */
final class Distil {
  private static final int DIMS = 192;
  private static final long TEXT_SEED = 14;
  private static final long ORDER_SEED = 1;
  private static final int EPOCHS = 16;
  private static final double RATE = 0.05;

  /** How far the axes' spreads are made alike: 0 not at all, 1 wholly. */
  private static final double EVENING = 0.3;

  /** Arora et al., A simple but tough-to-beat baseline for sentence embeddings, ICLR 2017. */
  private static final double FREQUENCY_WEIGHT = 1e-4;

  /** The vocabulary is sorted by frequency from here on; rows are scaled by what follows. */
  private static final int FIRST_WORD = 1000;

  private static final long START = System.nanoTime();

  private Distil() {}

  /** Writes the table, the vocabulary and the float model's cosines; returns the table. */
  static TokenTable run(Path corpus, Path out) throws IOException, OrtException {
    Files.createDirectories(out);
    List<String> sentences = sentences(corpus);
    byte[] vocabulary = TokenizerFile.vocabulary(resource("/all-minilm-l6-v2-tokenizer.json"));
    List<String> tokens = new String(vocabulary, StandardCharsets.UTF_8).lines().toList();
    WordPiece wordPiece = WordPiece.of(vocabulary);
    say("%d sentences, %d tokens", sentences.size(), tokens.size());
    say("sha256 of the corpus %s", sha256(Files.readAllBytes(corpus)));
    say("sha256 of the model %s", sha256(resource(MiniLm.FLOAT)));

    TrainingTexts made = new TrainingTexts(tokens, TEXT_SEED);
    Teacher alone;
    List<Teacher> sources = new ArrayList<>();
    try (MiniLm model = new MiniLm(MiniLm.FLOAT)) {
      alone = Teacher.ofTokens(model, wordPiece);
      say("vocabulary done");
      sources.add(Teacher.of(model, wordPiece, sentences));
      say("corpus done");
      sources.add(Teacher.of(model, wordPiece, made.texts(sentences.size())));
      say("made texts done");
      Files.writeString(out.resolve("float-cosines.txt"), FloatCosines.of(model, wordPiece));
    }

    Projection projection = new Projection(sources, DIMS, EVENING);
    say("%d of %d dimensions keep %.4f", DIMS, MiniLm.DIMS, projection.kept());
    float[] rows = firstRows(alone.vectors(), projection);
    List<int[]> ids = new ArrayList<>();
    List<float[]> targets = new ArrayList<>();
    for (Teacher source : sources) {
      for (int i = 0; i < source.size(); i++) {
        ids.add(source.ids()[i]);
        targets.add(projection.unit(source.vectors()[i]));
      }
    }
    new RowFit(rows, DIMS)
        .fit(ids.toArray(int[][]::new), targets.toArray(float[][]::new), EPOCHS, RATE, ORDER_SEED);
    byte[] table = TokenTable.write(vocabulary, DIMS, rows);
    Files.write(out.resolve("vocabulary.txt"), vocabulary);
    Files.write(out.resolve("table.bin"), table);
    say("sha256 of vocabulary.txt %s", sha256(vocabulary));
    say("sha256 of table.bin %s, %d bytes, in %s", sha256(table), table.length, out);
    return TokenTable.of(vocabulary, table);
  }

  /** Each token's own vector, centred, less of it the more frequent the token is by Zipf's law. */
  private static float[] firstRows(float[][] alone, Projection projection) {
    double[] centre = new double[MiniLm.DIMS];
    double harmonic = 0;
    for (int id = 0; id < alone.length; id++) {
      harmonic += 1.0 / (id + 1);
      for (int i = 0; i < centre.length; i++) {
        centre[i] += alone[id][i] / alone.length;
      }
    }
    float[] rows = new float[alone.length * DIMS];
    double lengths = 0;
    for (int id = 0; id < alone.length; id++) {
      double frequency = 1.0 / (id + 1) / harmonic;
      float[] row = projection.apply(alone[id], centre);
      Projection.scale(row, FREQUENCY_WEIGHT / (FREQUENCY_WEIGHT + frequency));
      System.arraycopy(row, 0, rows, id * DIMS, DIMS);
      lengths += id < FIRST_WORD ? 0 : Projection.length(row);
    }
    Projection.scale(rows, (alone.length - FIRST_WORD) / lengths);
    return rows;
  }

  private static List<String> sentences(Path corpus) throws IOException {
    byte[] bytes = Files.readAllBytes(corpus);
    if (corpus.toString().endsWith(".gz")) {
      try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(corpus))) {
        bytes = in.readAllBytes();
      }
    }
    return new String(bytes, StandardCharsets.UTF_8).lines().toList();
  }

  private static byte[] resource(String name) throws IOException {
    try (var in = Distil.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the class path lacks " + name + ": run with -Pdistil");
      }
      return in.readAllBytes();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, "%6.0f s  ", (System.nanoTime() - START) / 1e9);
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
