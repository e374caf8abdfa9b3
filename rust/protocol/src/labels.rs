//! Every transcript label, in the order in which a link uses them.
//!
//! A label is absorbed before its message and before its challenge; `docs/spec/protocol.md`
//! lists the same names, which a test compares.

/// The packed statement.
pub const STATEMENT: &str = "zkpot/v1/link/statement";
/// Number of masked scalars, hiding channel only.
pub const MASK_COUNT: &str = "zkpot/v1/link/masks";
/// Root of the witness polynomial; the roots that outlive the link are in the statement.
pub const COMMITMENT: &str = "zkpot/v1/link/commitment";
/// Separates a looked-up value from the tables.
pub const LOOKUP_SHIFT: &str = "zkpot/v1/lookup/shift";
/// Separates the tables from one another.
pub const LOOKUP_TAG: &str = "zkpot/v1/lookup/tag";
/// Joins the columns of a table's row.
pub const LOOKUP_ROW: &str = "zkpot/v1/lookup/row";
/// Denominator of the whole sum and its inverse.
pub const LOOKUP_ROOT: &str = "zkpot/v1/lookup/root";
/// A product of two sent values, hiding channel only.
pub const CHANNEL_PRODUCT: &str = "zkpot/v1/channel/product";
/// Joins numerator and denominator of one layer.
pub const LOOKUP_LAYER: &str = "zkpot/v1/lookup/layer";
/// A round of a layer's sumcheck.
pub const LOOKUP_ROUND: &str = "zkpot/v1/lookup/round";
/// The four values at a layer's end.
pub const LOOKUP_CHILDREN: &str = "zkpot/v1/lookup/children";
/// The coordinate that picks a child.
pub const LOOKUP_BRANCH: &str = "zkpot/v1/lookup/branch";
/// The point at which every relation is checked.
pub const RELATION_POINT: &str = "zkpot/v1/relation/point";
/// Values of the products that a level reduces.
pub const PRODUCT_VALUE: &str = "zkpot/v1/product/value";
/// Joins the products of a level.
pub const PRODUCT_JOIN: &str = "zkpot/v1/product/join";
/// A round of a level's sumcheck.
pub const PRODUCT_ROUND: &str = "zkpot/v1/product/round";
/// Both factors of each product at the level's end.
pub const PRODUCT_FACTORS: &str = "zkpot/v1/product/factors";
/// Joins all claims on committed polynomials.
pub const OPENING_JOIN: &str = "zkpot/v1/opening/join";
/// A round of the sumcheck over the committed polynomials.
pub const OPENING_ROUND: &str = "zkpot/v1/opening/round";
/// Each polynomial's value at its final point.
pub const OPENING_VALUE: &str = "zkpot/v1/opening/value";
/// Two random values whose product hides all others in their zero-check.
pub const MULTIPLICATION_ROW: &str = "zkpot/v1/multiplication/row";
/// The point that joins all products.
pub const MULTIPLICATION_POINT: &str = "zkpot/v1/multiplication/point";
/// A round of the products' zero-check.
pub const MULTIPLICATION_ROUND: &str = "zkpot/v1/multiplication/round";
/// Left and right factors at the zero-check's end.
pub const MULTIPLICATION_FACTORS: &str = "zkpot/v1/multiplication/factors";
/// Joins all relations on the masks.
pub const MASKS_JOIN: &str = "zkpot/v1/masks/join";
/// The weighted sum of the blinding vector.
pub const MASKS_BLINDING: &str = "zkpot/v1/masks/blinding";
/// Factor of the blinding vector.
pub const MASKS_FACTOR: &str = "zkpot/v1/masks/factor";
/// A round of the sumcheck over the blinded masks.
pub const MASKS_ROUND: &str = "zkpot/v1/masks/round";
/// Every row of the block of masks at the final slot.
pub const MASKS_ROWS: &str = "zkpot/v1/masks/rows";
/// The point that joins the rows.
pub const MASKS_ROW_POINT: &str = "zkpot/v1/masks/row-point";
/// The previous link's closing state and the claims it left.
pub const OPENING_PENDING: &str = "zkpot/v1/opening/pending";
/// The state in which a link ends; the next link absorbs it.
pub const CLOSING: &str = "zkpot/v1/link/closing";
