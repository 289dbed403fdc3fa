package fairlead.server.exchange;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The byte arrays that an object keeps alive through fields of our own classes, each with the way
 * to it.
 */
final class Reachable {
  private final IdentityHashMap<byte[], String> arrays = new IdentityHashMap<>();

  private Reachable() {}

  /** Walks from {@code root}, not through objects of the classes in {@code without}. */
  static Reachable from(Object root, Set<Class<?>> without) throws IllegalAccessException {
    Reachable found = new Reachable();
    IdentityHashMap<Object, String> seen = new IdentityHashMap<>();
    Deque<Object> open = new ArrayDeque<>();
    seen.put(root, root.getClass().getSimpleName());
    open.add(root);
    while (!open.isEmpty()) {
      Object at = open.remove();
      String path = seen.getOrDefault(at, "");
      if (at instanceof byte[] bytes) {
        found.arrays.put(bytes, path);
      } else if (at instanceof Object[]) {
        for (int i = 0; i < Array.getLength(at); i++) {
          visit(Array.get(at, i), path + "[" + i + "]", without, seen, open);
        }
      } else {
        for (Class<?> c = at.getClass(); c != null && ours(c); c = c.getSuperclass()) {
          for (Field field : c.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
              field.setAccessible(true);
              visit(field.get(at), path + "." + field.getName(), without, seen, open);
            }
          }
        }
      }
    }
    return found;
  }

  private static boolean ours(Class<?> c) {
    return c.getName().startsWith("fairlead.");
  }

  private static void visit(
      @Nullable Object value,
      String path,
      Set<Class<?>> without,
      IdentityHashMap<Object, String> seen,
      Deque<Object> open) {
    if (value == null || seen.containsKey(value) || without.contains(value.getClass())) {
      return;
    }
    if (value instanceof byte[] || value instanceof Object[] || ours(value.getClass())) {
      seen.put(value, path);
      open.add(value);
    }
  }

  /** The arrays above {@code bytes}, by the way to them. */
  Map<String, Integer> largerThan(int bytes) {
    Map<String, Integer> larger = new TreeMap<>();
    arrays.forEach(
        (array, path) -> {
          if (array.length > bytes) {
            larger.put(path, array.length);
          }
        });
    return larger;
  }

  long totalBytes() {
    return arrays.keySet().stream().mapToLong(array -> array.length).sum();
  }
}
