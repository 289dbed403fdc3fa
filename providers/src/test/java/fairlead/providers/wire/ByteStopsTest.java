package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The fast searches and their scalar twins. */
final class ByteStopsTest {

  @Test
  void everyByteAtEveryPlace() {
    for (int length = 0; length < 26; length++) {
      for (int at = 0; at < length; at++) {
        for (int value = 0; value < 256; value++) {
          byte[] bytes = new byte[length + 3];
          Arrays.fill(bytes, (byte) 'a');
          bytes[at] = (byte) value;
          agree(bytes, 0, length);
        }
      }
    }
  }

  @Test
  void randomBytes() {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("ByteStopsTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] near = {
      '!',
      '"',
      '#',
      '[',
      '\\',
      ']',
      0x1f,
      0x20,
      0x21,
      '\t',
      '\n',
      0x0b,
      0x0c,
      '\r',
      0x0e,
      0,
      1,
      0x7f,
      (byte) 0x80,
      (byte) 0xa2,
      (byte) 0xdc,
      (byte) 0x8a,
      (byte) 0x8d,
      (byte) 0xff
    };
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        int kind = random.nextInt(8);
        bytes[i] = kind < 6 ? (byte) ('b' + kind) : near[random.nextInt(near.length)];
      }
      int end = random.nextInt(bytes.length + 1);
      agree(bytes, random.nextInt(end + 1), end);
    }
  }

  private static void agree(byte[] bytes, int start, int end) {
    if (ByteStops.inString(bytes, start, end) != ByteStops.inStringScalar(bytes, start, end)
        || ByteStops.lineEnd(bytes, start, end) != ByteStops.lineEndScalar(bytes, start, end)) {
      assertThat(ByteStops.inString(bytes, start, end))
          .as(start + ".." + end + " of " + Arrays.toString(bytes))
          .isEqualTo(ByteStops.inStringScalar(bytes, start, end));
      assertThat(ByteStops.lineEnd(bytes, start, end))
          .as(start + ".." + end + " of " + Arrays.toString(bytes))
          .isEqualTo(ByteStops.lineEndScalar(bytes, start, end));
    }
  }

  @Test
  void utf8AgreesWithTheDecoder() {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("ByteStopsTest utf8 seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int good = 0;
    for (int round = 0; round < 300_000; round++) {
      byte[] bytes = new byte[random.nextInt(1, 5)];
      for (int i = 0; i < bytes.length; i++) {
        int any = random.nextInt(128, 256);
        bytes[i] = (byte) (i == 0 || random.nextInt(4) == 0 ? any : 0x80 | (any & 0x3f));
      }
      boolean valid;
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        valid = true;
      } catch (CharacterCodingException e) {
        valid = false;
      }
      good += valid ? 1 : 0;
      if (Utf8.skipNonAscii(bytes, 0, bytes.length) == bytes.length != valid) {
        assertThat(valid).as(Arrays.toString(bytes)).isEqualTo(!valid);
      }
    }
    assertThat(good).isGreaterThan(10_000);
  }
}
