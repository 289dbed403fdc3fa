package fairlead.providers.dialect;

import fairlead.providers.wire.ByteRange;

/**
 * One content block of a Messages answer: where its parts lie.
 *
 * <p>Not thread-safe, reusable. The ranges point into the bytes that were read.
 */
final class AnthropicBlock {
  private final JsonCursor json = new JsonCursor();
  private final JsonCursor sources = new JsonCursor();
  private final ByteRange element = new ByteRange();
  final ByteRange whole = new ByteRange();
  final ByteRange type = new ByteRange();
  final ByteRange text = new ByteRange();
  final ByteRange thinking = new ByteRange();
  final ByteRange signature = new ByteRange();
  final ByteRange id = new ByteRange();
  final ByteRange name = new ByteRange();
  final ByteRange input = new ByteRange();
  final ByteRange citations = new ByteRange();

  /** Reads a checked value; false if it is no object. */
  boolean read(ByteRange object) {
    whole.set(object.array(), object.start(), object.end());
    type.clear();
    text.clear();
    thinking.clear();
    signature.clear();
    id.clear();
    name.clear();
    input.clear();
    citations.clear();
    json.over(object);
    if (!json.peekObject()) {
      return false;
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("type")) {
        json.stringOrSkip(type);
      } else if (json.keyIs("text")) {
        json.stringOrSkip(text);
      } else if (json.keyIs("thinking")) {
        json.stringOrSkip(thinking);
      } else if (json.keyIs("signature")) {
        json.stringOrSkip(signature);
      } else if (json.keyIs("id")) {
        json.stringOrSkip(id);
      } else if (json.keyIs("name")) {
        json.stringOrSkip(name);
      } else if (json.keyIs("input")) {
        json.valueOrNull(input);
      } else if (json.keyIs("citations")) {
        json.valueOrNull(citations);
      } else {
        json.skip();
      }
    }
    return true;
  }

  boolean is(String ascii) {
    return JsonCursor.equal(type, ascii);
  }

  /** Whether there are arguments: an object with members. */
  boolean hasInput() {
    json.over(input);
    if (!json.peekObject()) {
      return false;
    }
    json.enterObject();
    return json.nextField();
  }

  void emitCitations(AnswerEvents events) {
    sources.over(citations);
    if (!sources.peekArray()) {
      return;
    }
    sources.enterArray();
    while (sources.nextElement()) {
      sources.skip();
      events.citation(element.set(sources.array(), sources.start(), sources.stop()));
    }
  }
}
