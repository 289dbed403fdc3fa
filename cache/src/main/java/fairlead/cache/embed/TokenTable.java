package fairlead.cache.embed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * A vector for every token of the vocabulary: bytes, and a factor for each row.
 *
 * <p>Immutable, thread-safe, one for the process. About 7 MB of heap; loads in a few tens of
 * milliseconds. How it is made: docs/decisions/0014-static-token-table.md.
 */
public final class TokenTable {
  /** "FLTT". */
  static final int MAGIC = 0x464C_5454;

  static final int VERSION = 1;

  /** Magic, version, dims, tokens, CRC-32 of the vocabulary, CRC-32 of what follows. */
  static final int HEADER_BYTES = 24;

  private static final String TABLE = "table.bin";
  private static final String VOCABULARY = "vocabulary.txt";

  /** Bounds of what a header may say, so that a damaged one cannot ask for all of the heap. */
  private static final int MOST_DIMS = 1024;

  private static final int MOST_TOKENS = 1 << 20;

  private final WordPiece vocabulary;
  private final int dims;
  private final float[] scales;
  private final byte[] rows;

  private TokenTable(WordPiece vocabulary, int dims, float[] scales, byte[] rows) {
    this.vocabulary = vocabulary;
    this.dims = dims;
    this.scales = scales;
    this.rows = rows;
  }

  /** The table that comes with the gateway. */
  public static TokenTable load() {
    return Shipped.TABLE;
  }

  /**
   * A table in the form {@link #write} gives.
   *
   * @throws IllegalStateException that says what is wrong, when the bytes are no table
   */
  public static TokenTable of(byte[] vocabulary, byte[] table) {
    ByteBuffer in = ByteBuffer.wrap(table);
    require(table.length >= HEADER_BYTES, "bytes", table.length);
    int magic = in.getInt();
    require(magic == MAGIC, "magic", magic);
    int version = in.getInt();
    require(version == VERSION, "version", version);
    int dims = in.getInt();
    require(dims > 0 && dims <= MOST_DIMS && dims % 64 == 0, "dims", dims);
    int tokens = in.getInt();
    require(tokens > WordPiece.SEP && tokens <= MOST_TOKENS, "tokens", tokens);
    int vocabularyCrc = in.getInt();
    int crc = in.getInt();
    long expected = HEADER_BYTES + (long) tokens * (Float.BYTES + dims);
    require(table.length == expected, "bytes", table.length);
    require(crc(vocabulary, 0) == vocabularyCrc, "CRC-32 of the vocabulary", crc(vocabulary, 0));
    require(crc(table, HEADER_BYTES) == crc, "CRC-32 of the rows", crc(table, HEADER_BYTES));
    WordPiece wordPiece = new WordPiece(new Vocabulary(vocabulary));
    require(wordPiece.size() == tokens, "tokens of the vocabulary", wordPiece.size());
    float[] scales = new float[tokens];
    in.asFloatBuffer().get(scales);
    byte[] rows = new byte[tokens * dims];
    in.position(HEADER_BYTES + tokens * Float.BYTES).get(rows);
    return new TokenTable(wordPiece, dims, scales, rows);
  }

  /**
   * The bytes of a table: header, a factor for each row, the rows; all big-endian.
   *
   * @param vocabulary one token a line, as BERT's {@code vocab.txt}
   * @param rows one after the other, in the order of the vocabulary
   */
  public static byte[] write(byte[] vocabulary, int dims, float[] rows) {
    int tokens = rows.length / dims;
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + tokens * (Float.BYTES + dims));
    out.position(HEADER_BYTES);
    byte[] bytes = new byte[rows.length];
    for (int id = 0; id < tokens; id++) {
      float largest = 0;
      for (int i = id * dims; i < (id + 1) * dims; i++) {
        largest = Math.max(largest, Math.abs(rows[i]));
      }
      float factor = largest == 0 ? 0 : Byte.MAX_VALUE / largest;
      for (int i = id * dims; i < (id + 1) * dims; i++) {
        bytes[i] = (byte) Math.round(rows[i] * factor);
      }
      out.putFloat(largest / Byte.MAX_VALUE);
    }
    out.put(bytes);
    out.putInt(0, MAGIC).putInt(4, VERSION).putInt(8, dims).putInt(12, tokens);
    out.putInt(16, crc(vocabulary, 0)).putInt(20, crc(out.array(), HEADER_BYTES));
    return out.array();
  }

  /** Components of a vector, a multiple of 64. */
  public int dims() {
    return dims;
  }

  /** The tokenizer whose ids are the numbers of the rows. */
  public WordPiece vocabulary() {
    return vocabulary;
  }

  /** The cosine of the vectors of two tokens, 0 where one has none. About 0.2 us. */
  public float wordCosine(int idA, int idB) {
    int a = idA * dims;
    int b = idB * dims;
    double norms =
        Math.sqrt(
            (double) Vectors.dot(rows, a, rows, a, dims) * Vectors.dot(rows, b, rows, b, dims));
    return norms == 0 ? 0 : (float) (Vectors.dot(rows, a, rows, b, dims) / norms);
  }

  /** Component i of a token's vector is {@code rows()[id * dims + i] * scale(id)}. */
  byte[] rows() {
    return rows;
  }

  float scale(int id) {
    return scales[id];
  }

  private static int crc(byte[] bytes, int from) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, bytes.length - from);
    return (int) crc.getValue();
  }

  private static void require(boolean fine, String what, int found) {
    if (!fine) {
      throw new IllegalStateException("the token table is damaged: " + what + "=" + found);
    }
  }

  private static final class Shipped {
    static final TokenTable TABLE = of(resource(VOCABULARY), resource(TokenTable.TABLE));

    private static byte[] resource(String name) {
      try (InputStream in = TokenTable.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("the jar lacks fairlead/cache/embed/" + name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new IllegalStateException("cannot read fairlead/cache/embed/" + name, e);
      }
    }
  }
}
