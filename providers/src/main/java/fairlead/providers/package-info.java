/** What the gateway knows of providers: the types through which a call goes upstream. */
@NullMarked
package fairlead.providers;

import org.jspecify.annotations.NullMarked;
