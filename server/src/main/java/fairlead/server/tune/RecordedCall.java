package fairlead.server.tune;

import org.jspecify.annotations.Nullable;

/**
 * One call of the past. Immutable; the arrays are not to be changed.
 *
 * @param at file and line, for messages
 * @param request the chat request
 * @param model what the request names; empty for nothing
 * @param answer the text of the whole answer; null when there is none that could be stored
 * @param timeMillis when, as far as the answer says; 0 when it does not
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a record
public record RecordedCall(
    String at, byte[] request, String model, byte @Nullable [] answer, long timeMillis) {}
