/**
 * A provider that needs no network: answers in the OpenAI wire with latency, speed and fault knobs.
 */
@NullMarked
package fairlead.providers.simulated;

import org.jspecify.annotations.NullMarked;
