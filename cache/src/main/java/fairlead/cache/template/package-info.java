/** Parts the fixed text of prompts from what differs, so that only the latter is compared. */
@NullMarked
package fairlead.cache.template;

import org.jspecify.annotations.NullMarked;
