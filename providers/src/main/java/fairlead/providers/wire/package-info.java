/** Readers and writers of the wire: JSON scan in place, server-sent events, byte sinks. */
@NullMarked
package fairlead.providers.wire;

import org.jspecify.annotations.NullMarked;
