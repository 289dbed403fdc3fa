/**
 * The game day: a real gateway process between simulated providers that break in known ways and
 * callers that check what they get.
 */
@NullMarked
package fairlead.server.gameday;

import org.jspecify.annotations.NullMarked;
