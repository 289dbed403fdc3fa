package fairlead.providers.dialect;

import static fairlead.providers.dialect.Recorded.list;
import static fairlead.providers.dialect.Recorded.map;
import static fairlead.providers.dialect.Recorded.required;
import static fairlead.providers.dialect.Recorded.string;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks values against the schemas of the OpenAI specification: type, nullable, enum, const,
 * required, properties, additionalProperties, items, minItems, minimum, maximum, oneOf with and
 * without discriminator, anyOf, allOf, $ref.
 */
final class OpenAiSchema {
  private final Map<String, Object> schemas;

  OpenAiSchema() {
    String file = Recorded.text("openai/openai-chat-embeddings-models.openapi.json");
    schemas = map(map(Recorded.object(file).get("components")).get("schemas"));
  }

  /** What is wrong with {@code value}; empty if nothing. */
  List<String> problems(String schema, Object value) {
    List<String> problems = new ArrayList<>();
    check(map(schemas.get(schema)), value, "$", problems);
    return problems;
  }

  private void check(
      Map<String, Object> schema, @Nullable Object value, String path, List<String> problems) {
    if (value == null && Boolean.TRUE.equals(schema.get("nullable"))) {
      return;
    }
    if (schema.get("$ref") instanceof String ref) {
      check(map(schemas.get(ref.substring(ref.lastIndexOf('/') + 1))), value, path, problems);
    }
    Object type = schema.get("type");
    if (type instanceof String one && !is(one, value)) {
      problems.add(path + ": not a " + one + ": " + value);
      return;
    }
    if (type instanceof List<?> many && many.stream().noneMatch(t -> is(string(t), value))) {
      problems.add(path + ": none of " + many + ": " + value);
      return;
    }
    if (schema.get("enum") instanceof List<?> values && !values.contains(value)) {
      problems.add(path + ": " + value + " is not in " + values);
    }
    if (schema.containsKey("const") && !required(schema.get("const")).equals(value)) {
      problems.add(path + ": " + value + " is not " + schema.get("const"));
    }
    if (value instanceof Number number) {
      range(schema, number.doubleValue(), path, problems);
    }
    alternatives(schema, value, path, problems);
    if (value instanceof Map<?, ?>) {
      members(schema, map(value), path, problems);
    }
    if (value instanceof List<?> elements) {
      if (schema.get("minItems") instanceof Number min && elements.size() < min.intValue()) {
        problems.add(path + ": fewer than " + min + " elements");
      }
      if (schema.containsKey("items")) {
        for (int i = 0; i < elements.size(); i++) {
          check(map(schema.get("items")), elements.get(i), path + "[" + i + "]", problems);
        }
      }
    }
  }

  private static void range(
      Map<String, Object> schema, double number, String path, List<String> problems) {
    if (schema.get("minimum") instanceof Number min && number < min.doubleValue()) {
      problems.add(path + ": " + number + " is below " + min);
    }
    if (schema.get("maximum") instanceof Number max && number > max.doubleValue()) {
      problems.add(path + ": " + number + " is above " + max);
    }
  }

  private void members(
      Map<String, Object> schema, Map<String, Object> value, String path, List<String> problems) {
    if (schema.get("required") instanceof List<?> names) {
      for (Object name : names) {
        if (!value.containsKey(string(name))) {
          problems.add(path + ": " + name + " is missing");
        }
      }
    }
    Map<String, Object> known =
        schema.containsKey("properties") ? map(schema.get("properties")) : Map.of();
    for (var member : value.entrySet()) {
      String inner = path + "." + member.getKey();
      if (known.containsKey(member.getKey())) {
        check(map(known.get(member.getKey())), member.getValue(), inner, problems);
      } else if (schema.get("additionalProperties") instanceof Map<?, ?> other) {
        check(map(other), member.getValue(), inner, problems);
      } else if (Boolean.FALSE.equals(schema.get("additionalProperties"))) {
        problems.add(inner + ": is not allowed");
      }
    }
  }

  private void alternatives(
      Map<String, Object> schema, @Nullable Object value, String path, List<String> problems) {
    if (schema.get("allOf") instanceof List<?> all) {
      for (Object each : all) {
        check(map(each), value, path, problems);
      }
    }
    for (String kind : List.of("anyOf", "oneOf")) {
      if (!schema.containsKey(kind)) {
        continue;
      }
      int matching = 0;
      List<String> why = new ArrayList<>();
      for (Object each : list(schema.get(kind))) {
        List<String> inner = new ArrayList<>();
        check(map(each), value, path, inner);
        matching += inner.isEmpty() ? 1 : 0;
        why.addAll(inner);
      }
      if (matching == 0 || (kind.equals("oneOf") && matching > 1)) {
        problems.add(path + ": matches " + matching + " of " + kind + ": " + why);
      }
    }
  }

  private static boolean is(String type, @Nullable Object value) {
    return switch (type) {
      case "object" -> value instanceof Map;
      case "array" -> value instanceof List;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "null" -> value == null;
      case "number" -> value instanceof Number;
      case "integer" -> value instanceof Integer || value instanceof Long;
      default -> throw new AssertionError("a type this check does not know: " + type);
    };
  }
}
