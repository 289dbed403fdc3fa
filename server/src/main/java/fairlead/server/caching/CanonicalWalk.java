package fairlead.server.caching;

import fairlead.cache.hash.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Absorbs a JSON request that was found valid, so that the order of members, white space and the
 * way characters are escaped do not count, and notes on the way what is in it.
 *
 * <p>Not thread-safe, reusable. One pass without recursion; allocates only to grow. Numbers count
 * by their text: 1 and 1.0 differ.
 *
 * <p>Left out at the top: {@code model}, which leads to a route that the caller of this class has
 * absorbed, and {@code stream} and {@code stream_options}, which change the form of an answer only.
 * The payload is left out too: a mark stands in its place.
 */
final class CanonicalWalk {
  /** Kinds of what is absorbed. */
  private static final int TEXT = 0;

  private static final int SCALAR = 1;
  private static final int OBJECT = 2;
  private static final int ARRAY = 3;
  private static final int ARRAY_END = 4;
  private static final int PAYLOAD = 5;

  /** Stands for an array among the open containers. */
  private static final int IS_ARRAY = -1;

  private static final int NOWHERE = -1;

  /** Where messages, their content and its parts are. */
  private static final int MESSAGE_DEPTH = 3;

  private static final int PART_DEPTH = 5;

  /** Meanings of keys; those of traits lie above. */
  private static final int LEFT_OUT = 1;

  private static final int MESSAGES = 2;
  private static final int MODALITIES = 3;
  private static final int TEMPERATURE = 4;
  private static final int TYPE = 5;
  private static final int PART_TEXT = 6;
  private static final int FIRST_TRAIT = 16;

  private static final KnownKeys TOP =
      new KnownKeys()
          .add(LEFT_OUT, "model", "stream", "stream_options")
          .add(MESSAGES, "messages")
          .add(MODALITIES, "modalities")
          .add(TEMPERATURE, "temperature")
          .add(meaning(Trait.OTHER_MODALITIES), "audio")
          .add(
              meaning(Trait.SEARCH),
              "web_search_options", // OpenAI, Perplexity
              "search_parameters", // xAI
              "plugins", // OpenRouter
              "enable_search") // Alibaba
          .add(meaning(Trait.LOGPROBS), "logprobs", "top_logprobs")
          .add(meaning(Trait.STORE), "store")
          .add(meaning(Trait.PROVIDER_STATE), "previous_response_id", "conversation")
          .add(meaning(Trait.SEED), "seed", "random_seed")
          .add(meaning(Trait.USER), "user", "safety_identifier");

  private static final KnownKeys MESSAGE =
      new KnownKeys()
          .add(meaning(Trait.TOOL_TURNS), "tool_calls", "tool_call_id", "function_call")
          .add(meaning(Trait.ATTACHMENTS), "audio", "images");

  private static final KnownKeys PART =
      new KnownKeys()
          .add(TYPE, "type")
          .add(PART_TEXT, "text")
          .add(
              meaning(Trait.ATTACHMENTS),
              "image_url",
              "input_image",
              "input_audio",
              "audio_url",
              "video_url",
              "file");

  private static final byte[][] TEXT_TYPES = {
    ascii("text"), ascii("refusal"), ascii("thinking"), ascii("input_text"), ascii("output_text")
  };

  private static final byte[] NOTHING = {};

  private final Digest digest;
  private final MemberOrder order = new MemberOrder();
  private final TextDecoder decoder = new TextDecoder();
  private final TextDecoder payloadDecoder = new TextDecoder();

  /** Of each open container: where its members begin, or {@link #IS_ARRAY}. */
  private int[] open = new int[16];

  private long[] keyHashes = new long[16];

  private byte[] a = NOTHING;
  private int end;
  private int depth;
  private int topMeaning;
  private int traits;
  private int temperatureAt;
  private int payloadAt;
  private int plainEnd;
  private int partsAt;
  private int partsDepth;
  private int payloads;
  private boolean otherParts;
  private boolean wholePayload;
  private byte[] payload = NOTHING;
  private int payloadStart;
  private int payloadEnd;

  CanonicalWalk(Digest digest) {
    this.digest = digest;
  }

  private static int meaning(Trait trait) {
    return FIRST_TRAIT + trait.ordinal();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Absorbs the object in {@code array[from, to)}.
   *
   * @param newPayloadAt where the string begins that is the payload, or the array of parts whose
   *     only text it is; -1 for none
   * @param newPlainEnd the index after the payload's closing quote, if it is a string without
   *     escapes and this is known; else -1
   */
  void walk(byte[] array, int from, int to, int newPayloadAt, int newPlainEnd) {
    a = array;
    end = to;
    depth = 0;
    topMeaning = KnownKeys.NONE;
    traits = 0;
    temperatureAt = NOWHERE;
    boolean parts = newPayloadAt >= 0 && array[newPayloadAt] == '[';
    payloadAt = parts ? NOWHERE : newPayloadAt;
    partsAt = parts ? newPayloadAt : NOWHERE;
    partsDepth = NOWHERE;
    plainEnd = newPlainEnd;
    payloads = 0;
    otherParts = false;
    wholePayload = true;
    order.clear();
    values(from);
  }

  /** Takes the value at {@code i} and everything in it. */
  private void values(int i) {
    while (true) {
      i = white(i);
      byte b = a[i];
      if (b == '"') {
        i = string(i);
      } else if (b == '{') {
        i = white(i + 1);
        order.open(digest);
        push(order.count());
        if (a[i] != '}') {
          i = key(i);
          continue;
        }
        endObject();
        i++;
      } else if (b == '[') {
        digest.mark(ARRAY, 0);
        push(IS_ARRAY);
        if (i == partsAt) {
          partsDepth = depth;
        }
        i = white(i + 1);
        if (a[i] != ']') {
          continue;
        }
        endArray();
        i++;
      } else {
        i = scalar(i);
      }
      boolean more = false;
      while (depth > 0 && !more) {
        i = white(i);
        if (open[depth - 1] == IS_ARRAY) {
          if (a[i] == ',') {
            more = true;
          } else {
            endArray();
          }
          i++;
        } else {
          endMember();
          if (a[i] == ',') {
            i = key(white(i + 1));
            more = true;
          } else {
            endObject();
            i++;
          }
        }
      }
      if (!more) {
        return;
      }
    }
  }

  private void push(int what) {
    if (depth == open.length) {
      open = Arrays.copyOf(open, depth * 2);
      keyHashes = Arrays.copyOf(keyHashes, depth * 2);
    }
    open[depth++] = what;
  }

  private void endArray() {
    digest.mark(ARRAY_END, 0);
    if (depth == partsDepth) {
      partsDepth = NOWHERE;
    }
    depth--;
  }

  private void endMember() {
    if (depth > 1 || topMeaning != LEFT_OUT) {
      order.add(keyHashes[depth - 1], open[depth - 1], digest);
    }
  }

  private void endObject() {
    order.close(open[--depth], OBJECT, digest);
  }

  /** Begins the member whose key is at {@code i}; answers where its value is. */
  private int key(int i) {
    byte[] name = a;
    int from = i + 1;
    int to = Words.stop(a, from, end);
    int quote = to;
    if (a[to] == '\\') {
      quote = decoder.decode(a, from, end);
      name = decoder.text();
      from = 0;
      to = decoder.length();
    }
    long hash = Words.hash(name, from, to);
    keyHashes[depth - 1] = hash;
    digest.part();
    digest.absorb(TEXT, name, from, to);
    int value = white(white(quote + 1) + 1);
    if (depth == 1) {
      topMeaning = TOP.find(hash, name, from, to);
      noteTop(value);
    } else if (topMeaning == MESSAGES) {
      if (depth == MESSAGE_DEPTH) {
        noteTrait(MESSAGE.find(hash, name, from, to), value);
      } else if (depth == PART_DEPTH) {
        notePart(PART.find(hash, name, from, to), value);
      }
    }
    return value;
  }

  private void noteTop(int value) {
    if (topMeaning == TEMPERATURE) {
      temperatureAt = value;
    } else {
      noteTrait(topMeaning, value);
    }
  }

  private void noteTrait(int meaning, int value) {
    if (meaning >= FIRST_TRAIT && a[value] != 'n' && a[value] != 'f') {
      traits |= 1 << (meaning - FIRST_TRAIT);
    }
  }

  private void notePart(int meaning, int value) {
    if (meaning == TYPE) {
      if (!isTextType(value)) {
        traits |= Trait.ATTACHMENTS.bit();
        otherParts |= partsDepth == PART_DEPTH - 1;
      }
    } else if (meaning == PART_TEXT) {
      if (partsDepth == PART_DEPTH - 1 && a[value] == '"') {
        payloadAt = value;
      }
    } else {
      noteTrait(meaning, value);
    }
  }

  private boolean isTextType(int value) {
    for (byte[] type : TEXT_TYPES) {
      int to = value + 1 + type.length;
      if (a[value] == '"'
          && to < end
          && a[to] == '"'
          && Arrays.equals(type, 0, type.length, a, value + 1, to)) {
        return true;
      }
    }
    return false;
  }

  private int string(int i) {
    if (i == payloadAt) {
      return payload(i + 1);
    }
    if (depth == 2 && topMeaning == MODALITIES && !isTextType(i)) {
      traits |= Trait.OTHER_MODALITIES.bit();
    }
    int stop = Words.stop(a, i + 1, end);
    if (a[stop] == '"') {
      digest.absorb(TEXT, a, i + 1, stop);
      return stop + 1;
    }
    int quote = decoder.decode(a, i + 1, end);
    digest.absorb(TEXT, decoder.text(), 0, decoder.length());
    return quote + 1;
  }

  private int payload(int from) {
    payloads++;
    digest.mark(PAYLOAD, 0);
    int stop = plainEnd < 0 ? Words.stop(a, from, end) : plainEnd - 1;
    if (a[stop] == '"') {
      payload = a;
      payloadStart = from;
      payloadEnd = stop;
      return stop + 1;
    }
    int quote = payloadDecoder.decode(a, from, end);
    payload = payloadDecoder.text();
    payloadStart = 0;
    payloadEnd = payloadDecoder.length();
    wholePayload &= !payloadDecoder.halved();
    return quote + 1;
  }

  private int scalar(int i) {
    int from = i;
    byte b;
    do {
      b = a[++i];
    } while (b != ',' && b != '}' && b != ']' && b > ' ');
    digest.absorb(SCALAR, a, from, i);
    return i;
  }

  private int white(int i) {
    while (a[i] <= ' ') {
      i++;
    }
    return i;
  }

  /** Whether there is exactly one payload and it is valid UTF-8. */
  boolean hasPayload() {
    return payloads == 1 && wholePayload;
  }

  /** Whether text was left out that is no payload: the walk must be repeated without one. */
  boolean spoiled() {
    return payloads > 0 && !hasPayload();
  }

  byte[] payload() {
    return payload;
  }

  int payloadStart() {
    return payloadStart;
  }

  int payloadEnd() {
    return payloadEnd;
  }

  /** Whether beside the payload there are parts that are no text. */
  boolean otherParts() {
    return otherParts;
  }

  /** What was found, one bit of {@link Trait} each. */
  int traits() {
    return traits;
  }

  /** Where the value of {@code temperature} is; -1 without one. */
  int temperatureAt() {
    return temperatureAt;
  }

  /** Lets go of the body and of memory that only an unusual one needed. */
  void forget() {
    a = NOTHING;
    payload = NOTHING;
    order.trim();
    decoder.trim();
    payloadDecoder.trim();
  }
}
