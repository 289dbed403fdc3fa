package fairlead.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** docs/dependencies.md against what the build resolved and what the poms name. */
final class DependenciesPageTest {
  private static final Pattern RESOLVED =
      Pattern.compile("^ +([\\w.-]+:[\\w.-]+):jar:(?:[\\w.-]+:)?([\\w.-]+):(?:compile|runtime)");
  private static final Pattern ROW =
      Pattern.compile("^\\| `([\\w.-]+:[\\w.-]+)` \\| ([\\w.-]+) \\|.*");

  private final Path root = root();

  @Test
  void theJarHoldsWhatThePageSays() throws IOException {
    Path list = root.resolve("server/target/runtime-dependencies.txt");
    assertThat(list).as("written by the build: run this test with Maven").exists();
    TreeMap<String, String> resolved = new TreeMap<>();
    for (String line : Files.readAllLines(list)) {
      Matcher matcher = RESOLVED.matcher(line);
      if (matcher.find() && !matcher.group(1).startsWith("fairlead:")) {
        resolved.put(matcher.group(1), matcher.group(2));
      }
    }
    TreeMap<String, String> described = new TreeMap<>();
    for (String line : section("## In the jar")) {
      Matcher matcher = ROW.matcher(line);
      if (matcher.matches()) {
        described.put(matcher.group(1), matcher.group(2));
      }
    }
    assertThat(described).isNotEmpty().isEqualTo(resolved);
  }

  @Test
  void everythingThePomsNameIsOnThePage() throws Exception {
    String page = Files.readString(page());
    TreeSet<String> missing = new TreeSet<>();
    for (String module :
        List.of(".", "routing", "providers", "cache", "cache-onnx", "server", "jmh", "loadtest")) {
      Element pom =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(root.resolve(module).resolve("pom.xml").toFile())
              .getDocumentElement();
      for (String tag : List.of("dependency", "path", "plugin")) {
        NodeList elements = pom.getElementsByTagName(tag);
        for (int i = 0; i < elements.getLength(); i++) {
          Element element = (Element) elements.item(i);
          String group = text(element, "groupId");
          String artifact = text(element, "artifactId");
          String name = tag.equals("plugin") ? artifact : group + ":" + artifact;
          if (!group.equals("fairlead")
              && !text(element, "type").equals("pom")
              && !page.contains("`" + name + "`")) {
            missing.add(module + "/pom.xml: " + name);
          }
        }
      }
    }
    assertThat(missing).as("named by a pom, not described in docs/dependencies.md").isEmpty();
  }

  private List<String> section(String heading) throws IOException {
    List<String> found = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(page())) {
      if (line.startsWith("## ")) {
        inside = line.equals(heading);
      } else if (inside) {
        found.add(line);
      }
    }
    return found;
  }

  private Path page() {
    return root.resolve("docs/dependencies.md");
  }

  private static String text(Element parent, String child) {
    NodeList found = parent.getElementsByTagName(child);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
  }

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("docs/dependencies.md"))) {
      Path parent = directory.getParent();
      if (parent == null) {
        throw new IllegalStateException(
            "no docs/dependencies.md above " + Path.of("").toAbsolutePath());
      }
      directory = parent;
    }
    return directory;
  }
}
