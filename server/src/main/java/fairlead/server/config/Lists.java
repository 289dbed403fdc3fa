package fairlead.server.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings that hold other settings. Stateless. */
final class Lists {
  private Lists() {}

  /** The texts of a list; empty if it is absent or wrong. */
  static List<String> texts(Reading reading, Section section, Setting setting, String example) {
    Tree node = section.node(setting);
    Tree.Sequence list = node == null ? null : reading.list(node, section.path(setting), example);
    List<String> texts = new ArrayList<>();
    if (list != null) {
      for (int i = 0; i < list.items().size(); i++) {
        String path = section.path(setting) + '[' + i + ']';
        String text = reading.text(list.items().get(i), path, "text");
        if (text != null) {
          texts.add(text);
        }
      }
    }
    return List.copyOf(texts);
  }

  /** The mapping of that name as a section; one without settings if it is absent or wrong. */
  static Section child(
      Reading reading, Section section, Setting setting, Settings.Group group, String example) {
    Tree node = section.node(setting);
    Tree.Mapping mapping =
        node == null ? null : reading.mapping(node, section.path(setting), example);
    return new Section(
        reading,
        mapping == null
            ? new Tree.Mapping(List.of(), section.mapping().line(), section.mapping().column(), 1)
            : mapping,
        section.path(setting),
        group);
  }

  /** The mapping of that name as a section, or null if it is absent or, after a report, wrong. */
  static @Nullable Section optional(
      Reading reading, Section section, Setting setting, Settings.Group group, String example) {
    Tree node = section.node(setting);
    Tree.Mapping mapping =
        node == null ? null : reading.mapping(node, section.path(setting), example);
    return mapping == null ? null : new Section(reading, mapping, section.path(setting), group);
  }
}
