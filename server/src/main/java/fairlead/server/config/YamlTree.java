package fairlead.server.config;

import fairlead.server.config.Tree.Scalar;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML 1.2 into a {@link Tree}.
 *
 * <p>Stateless. Works on the parser's events, not its composed nodes: composing recurses and
 * expands aliases, events do neither.
 */
final class YamlTree {
  private static final String STANDARD_TAG = "tag:yaml.org,2002:";
  private static final Set<String> STANDARD_TYPES =
      Set.of("str", "int", "float", "bool", "null", "map", "seq");

  private YamlTree() {}

  /** Feeds the builder with the one document of the text. */
  static void read(String text, TreeBuilder builder) throws Tree.SyntaxException {
    ReferenceShield shield = ReferenceShield.of(text);
    LoadSettings settings =
        LoadSettings.builder()
            .setUseMarks(true)
            .setParseComments(false)
            .setCodePointLimit(Math.max(1, text.length()))
            .build();
    int documents = 0;
    try {
      for (Event event : new Parse(settings).parseString(shield.text())) {
        int line = line(event.getStartMark());
        int column = column(event.getStartMark());
        switch (event.getEventId()) {
          case DocumentStart -> {
            if (++documents > 1) {
              throw new Tree.SyntaxException(
                  line, column, "a second document starts here; keep one and remove the '---'");
            }
          }
          case MappingStart -> {
            checkTag(((CollectionStartEvent) event).getTag(), line, column);
            builder.startMapping(line, column, anchor((NodeEvent) event));
          }
          case SequenceStart -> {
            checkTag(((CollectionStartEvent) event).getTag(), line, column);
            builder.startSequence(line, column, anchor((NodeEvent) event));
          }
          case MappingEnd, SequenceEnd -> builder.end();
          case Scalar -> scalar((ScalarEvent) event, shield, builder, line, column);
          case Alias -> builder.alias(((AliasEvent) event).getAlias().getValue(), line, column);
          default -> {}
        }
      }
    } catch (MarkedYamlEngineException e) {
      throw explain(e, shield);
    } catch (YamlEngineException e) {
      throw new Tree.SyntaxException(1, 1, "cannot be read as YAML");
    }
  }

  private static void scalar(
      ScalarEvent event, ReferenceShield shield, TreeBuilder builder, int line, int column)
      throws Tree.SyntaxException {
    checkTag(event.getTag(), line, column);
    boolean text = event.getTag().isPresent() && event.getTag().get().endsWith(":str");
    builder.scalar(
        new Scalar(shield.restore(event.getValue()), event.isPlain() && !text, line, column),
        anchor(event));
  }

  private static @Nullable String anchor(NodeEvent event) {
    Optional<Anchor> anchor = event.getAnchor();
    return anchor.isPresent() ? anchor.get().getValue() : null;
  }

  /** The tag itself is not shown: it may be an unquoted secret that starts with '!'. */
  private static void checkTag(Optional<String> tag, int line, int column)
      throws Tree.SyntaxException {
    if (tag.isPresent()
        && !(tag.get().startsWith(STANDARD_TAG)
            && STANDARD_TYPES.contains(tag.get().substring(STANDARD_TAG.length())))
        && !tag.get().equals("!")) {
      throw new Tree.SyntaxException(
          line,
          column,
          "an unquoted value that starts with ! is a type tag, and none is known here; put quotes"
              + " around the value if it is text");
    }
  }

  private static int line(Optional<Mark> mark) {
    return mark.isPresent() ? mark.get().getLine() + 1 : 1;
  }

  private static int column(Optional<Mark> mark) {
    return mark.isPresent() ? mark.get().getColumn() + 1 : 1;
  }

  /** The parser's complaint without what it quotes from the file, and with advice. */
  private static Tree.SyntaxException explain(MarkedYamlEngineException e, ReferenceShield shield) {
    int line = line(e.getProblemMark());
    int column = column(e.getProblemMark());
    TextCursor.Position unclosed = shield.unclosedOn(line);
    if (unclosed != null) {
      return new Tree.SyntaxException(
          unclosed.line(),
          unclosed.column(),
          "'${' starts a reference that does not end properly; write ${NAME} or ${NAME:-default}");
    }
    String problem = e.getProblem() == null ? "" : e.getProblem().toLowerCase(Locale.ROOT);
    String message;
    if (problem.contains("(tab)") || problem.contains("\\t")) {
      message = "a tab is used for indentation; indent with spaces";
    } else if (problem.contains("expected ':'")) {
      message =
          "a key without ':' after it, or a list item or value at the wrong depth; write KEY: VALUE";
    } else if (problem.contains("mapping values are not allowed")) {
      message =
          "a ':' where none may be; put quotes around a value that contains ': ', or correct the"
              + " indentation";
    } else if (problem.contains("end of stream") || problem.contains("streamend")) {
      message = "the file ends inside a value; close the quote, bracket or brace";
    } else if (problem.contains("',' or ']'")) {
      message = "a list in [ ] is not continued by ',' nor closed by ']'";
    } else if (problem.contains("',' or '}'")) {
      message = "a mapping in { } is not continued by ',' nor closed by '}'";
    } else if (problem.contains("block end")) {
      message = "indentation does not match the lines above; align the keys of one mapping";
    } else if (problem.contains("cannot start any token")) {
      message =
          "a character that cannot start a value (such as @, ` or %); put the value in quotes";
    } else if (problem.contains("escape")) {
      message = "an unknown escape inside double quotes; double the backslash or use single quotes";
    } else if (problem.contains("not allowed here")) {
      message = "indentation does not match the lines above, or a '-' or ':' is out of place";
    } else {
      message = "not valid YAML from here on; look for a missing quote, bracket or colon";
    }
    Optional<Mark> start = e.getContextMark();
    if (start.isPresent() && line(start) != line) {
      message += " (what it belongs to starts at line " + line(start) + ")";
    }
    return new Tree.SyntaxException(line, column, message);
  }
}
