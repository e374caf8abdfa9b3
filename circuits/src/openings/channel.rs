//! What the verifier of an opening needs from its channel, beside what relations need.
//!
//! The commitment's library has a transcript of its own on the link's sponge: what it absorbs has no
//! labels and no lengths, but constants of the protocol's description before each part. Labels here name
//! messages for errors only.

use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::field::F;
use zkpot_protocol::rejection::Rejection;

/// Which field the elements of a row are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Degree {
    /// The base field: rows of the committed polynomial's code.
    Base,
    /// The extension: rows of a folded one.
    Extension,
}

impl Degree {
    /// Base elements that one element has.
    pub const fn coordinates(self) -> usize {
        match self {
            Self::Base => 1,
            Self::Extension => 3,
        }
    }
}

/// The verifier's end of a clear channel that carries openings, too.
pub trait OpeningChannel: VerifierChannel<Scalar = <Self as VerifierChannel>::Element> {
    /// The root of a tree of rows.
    type Root: Clone;

    /// The root that is the statement's commitment of this number.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`] where there are fewer.
    fn commitment(&mut self, number: usize) -> Result<Self::Root, Rejection>;

    /// Absorbs base elements that are the same in every proof.
    fn absorb_constants(&mut self, constants: &[F]);

    /// Absorbs elements of the extension.
    fn absorb(&mut self, elements: &[Self::Element]);

    /// Absorbs a root.
    fn absorb_root(&mut self, root: &Self::Root);

    /// Receives elements of the extension, and absorbs them.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`] when the proof holds no more.
    fn receive_unlabelled(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<Self::Element>, Rejection>;

    /// Receives a root, and absorbs it.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`] when the proof holds no more.
    fn receive_root(&mut self, label: &'static str) -> Result<Self::Root, Rejection>;

    /// Draws an element of the extension.
    fn draw(&mut self, label: &'static str) -> Self::Element;

    /// Draws a position below `2^bits`: its bits, each the element 0 or 1, least significant first.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`] where the sponge has no uniform bits, which no sponge says that
    /// draws again instead.
    fn draw_position(
        &mut self,
        label: &'static str,
        bits: usize,
    ) -> Result<Vec<Self::Element>, Rejection>;

    /// Receives a base element, absorbs it, and requires that the `bits` bits drawn next are zero;
    /// `bits` is not 0.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`], or `otherwise` where one of the bits is set.
    fn grind(
        &mut self,
        label: &'static str,
        bits: usize,
        otherwise: Rejection,
    ) -> Result<(), Rejection>;

    /// The rows of `width` elements at some positions of the tree below a root, in the order of the
    /// positions. The channel answers for it that they are: nothing of them is absorbed.
    ///
    /// A position may occur twice. Each occurrence stands for itself, so one row is shown twice; both
    /// are the row at that position, unless somebody found a collision of the hash.
    ///
    /// # Arguments
    /// - `positions`: their bits, least significant first: bit 0 says whether the row's leaf is the
    ///   right one of its pair. All have the same number of bits, the tree's height.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`], or `otherwise` where the rows are not those of the tree.
    fn open_rows(
        &mut self,
        root: &Self::Root,
        positions: &[Vec<Self::Element>],
        width: usize,
        degree: Degree,
        otherwise: Rejection,
    ) -> Result<Vec<Vec<Self::Element>>, Rejection>;
}
