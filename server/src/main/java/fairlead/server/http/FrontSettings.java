package fairlead.server.http;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a front was told, checked.
 *
 * <p>Immutable; times in nanoseconds, sizes in bytes.
 */
record FrontSettings(
    String host,
    int port,
    int backlog,
    int maxConnections,
    int maxLineBytes,
    int maxHeaders,
    int maxHeaderBytes,
    int maxBodyBytes,
    long maxBufferedBytes,
    long headTimeoutNanos,
    long bodyGapNanos,
    long bodyGraceNanos,
    long bodyBytesPerSecond,
    long idleTimeoutNanos,
    long writeStallNanos,
    long lingerNanos,
    long watchDelayNanos,
    long drainNanos,
    @Nullable Path certificates,
    @Nullable Path privateKey,
    List<String> knownPaths,
    FailureBody failureBody) {}
