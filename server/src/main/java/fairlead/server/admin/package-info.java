/** What operators see of the gateway at work, and what they may do about it, as JSON. */
@NullMarked
package fairlead.server.admin;

import org.jspecify.annotations.NullMarked;
