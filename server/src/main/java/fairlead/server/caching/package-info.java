/** What the answer cache must know of the wire: fingerprints, controls, answers from memory. */
@NullMarked
package fairlead.server.caching;

import org.jspecify.annotations.NullMarked;
