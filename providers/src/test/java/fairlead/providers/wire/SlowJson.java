package fairlead.providers.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The slow twin of the scans: a strict tree that keeps the order of members and doubled keys. */
final class SlowJson {
  record Member(String key, Node value) {}

  /** One value: members of an object, elements of an array, or the text of a scalar. */
  record Node(char kind, List<Member> members, List<Node> elements, String text) {
    @Nullable Node get(String key) {
      Node found = null;
      for (Member member : members) {
        found = member.key().equals(key) ? member.value() : found;
      }
      return found;
    }

    long count(String key) {
      return members.stream().filter(m -> m.key().equals(key)).count();
    }
  }

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonScan.MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private SlowJson() {}

  /** The tree, or null if the bytes are not one JSON value in UTF-8. */
  static @Nullable Node parse(byte[] bytes, int start, int end) {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, start, end - start))
              .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        return null;
      }
      Node node = node(parser);
      return parser.nextToken() == null ? node : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static Node node(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      List<Member> members = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        parser.nextToken();
        members.add(new Member(key, node(parser)));
      }
      return new Node('{', members, List.of(), "");
    }
    if (token == JsonToken.START_ARRAY) {
      List<Node> elements = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(node(parser));
      }
      return new Node('[', List.of(), elements, "");
    }
    char kind =
        switch (token) {
          case VALUE_STRING -> '"';
          case VALUE_TRUE -> 't';
          case VALUE_FALSE -> 'f';
          case VALUE_NULL -> 'n';
          default -> '0';
        };
    return new Node(kind, List.of(), List.of(), parser.getText());
  }
}
