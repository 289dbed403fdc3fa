/**
 * Rules about the code as a whole: who may see whom, what stays out of hot packages, what is
 * packaged.
 */
@NullMarked
package fairlead.architecture;

import org.jspecify.annotations.NullMarked;
