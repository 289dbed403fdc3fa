package fairlead.jmh;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.Set;

/**
 * Changes classes so that they count in {@link LockCount} whenever they ask for a lock or wait:
 * synchronized methods and blocks, the locks and queues of {@code java.util.concurrent}, {@code
 * wait}, {@code sleep}, {@code park}, and the synchronized classes of old.
 *
 * <p>Stateless. A lock is found where it is asked for, whether or not another thread holds it at
 * the time: so one thread is enough, and the figure is exact. What it cannot see is a lock that a
 * class of the JDK takes by itself, such as a map's when it is changed. A class without locks stays
 * as it is, byte for byte.
 */
final class LockCounting {
  private static final ClassFile CLASSES = ClassFile.of();
  private static final ClassDesc COUNTER = ClassDesc.of(LockCount.class.getName());
  private static final MethodTypeDesc COUNT = MethodTypeDesc.of(ConstantDescs.CD_void);

  private static final String CONCURRENT = "java/util/concurrent/";

  private static final Set<String> LOCKING_METHODS =
      Set.of(
          "lock",
          "lockInterruptibly",
          "tryLock",
          "readLock",
          "writeLock",
          "acquire",
          "acquireUninterruptibly",
          "tryAcquire",
          "await",
          "awaitNanos",
          "awaitUntil",
          "awaitUninterruptibly",
          "put",
          "take",
          "park",
          "parkNanos",
          "parkUntil",
          "join",
          "invokeAll",
          "invokeAny");

  private static final Set<String> LOCKING_QUEUES = Set.of("offer", "poll", "add", "drainTo");

  private static final Set<String> WAITING_METHODS = Set.of("wait", "sleep", "join");

  private static final Set<String> SYNCHRONIZED_CLASSES =
      Set.of(
          "java/util/Hashtable",
          "java/util/Vector",
          "java/util/Stack",
          "java/util/Properties",
          "java/lang/StringBuffer");

  private LockCounting() {}

  /** The class with its locks counted; the same array if it has none. */
  static byte[] counted(byte[] original) {
    ClassModel model = CLASSES.parse(original);
    boolean some = false;
    for (MethodModel method : model.methods()) {
      some |= locks(method);
    }
    if (!some) {
      return original;
    }
    return CLASSES.transformClass(
        model,
        (builder, element) -> {
          if (element instanceof MethodModel method && locks(method)) {
            builder.transformMethod(
                method, MethodTransform.transformingCode(new Counting(isSynchronized(method))));
          } else {
            builder.with(element);
          }
        });
  }

  private static boolean locks(MethodModel method) {
    if (method.code().isEmpty()) {
      return false;
    }
    if (isSynchronized(method)) {
      return true;
    }
    for (CodeElement element : method.code().get()) {
      if (locks(element)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSynchronized(MethodModel method) {
    return method.flags().has(AccessFlag.SYNCHRONIZED);
  }

  private static boolean locks(CodeElement element) {
    return switch (element) {
      case MonitorInstruction monitor -> monitor.opcode() == Opcode.MONITORENTER;
      case InvokeInstruction call ->
          locks(call.owner().asInternalName(), call.name().stringValue());
      default -> false;
    };
  }

  private static boolean locks(String owner, String method) {
    if (owner.startsWith(CONCURRENT)) {
      boolean queue = owner.endsWith("Queue") || owner.endsWith("Deque");
      boolean map = owner.endsWith("Map") || owner.endsWith("Set");
      return queue
          ? owner.contains("Blocking")
              && (LOCKING_QUEUES.contains(method) || LOCKING_METHODS.contains(method))
          : !map && LOCKING_METHODS.contains(method);
    }
    if (owner.equals("java/lang/Object") || owner.equals("java/lang/Thread")) {
      return WAITING_METHODS.contains(method);
    }
    return SYNCHRONIZED_CLASSES.contains(owner);
  }

  /** Counts before what locks. */
  private static final class Counting implements CodeTransform {
    private final boolean whole;

    Counting(boolean whole) {
      this.whole = whole;
    }

    @Override
    public void atStart(CodeBuilder code) {
      if (whole) {
        code.invokestatic(COUNTER, "count", COUNT);
      }
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      if (locks(element)) {
        code.invokestatic(COUNTER, "count", COUNT);
      }
      code.with(element);
    }
  }
}
