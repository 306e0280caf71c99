//! The canvas of the devices: keeps the graphics card's buffers equal to the slots and draws them.

use std::ops::Range;

use js_sys::{Object, Uint32Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlCanvasElement, WebGl2RenderingContext as Gl, WebGlBuffer};

use crate::engine::frame::FrameUpdate;
use crate::map::camera::View;
use crate::map::elements::fit_canvas;
use crate::map::program::{MARGIN, MARK, POSITION, Pass, Program, Projection};
use crate::map::slots::{MARK_BYTES, Slots, Special};
use crate::map::tokens::Palette;

/// With more marks than this in view, dots are drawn.
const MOST_SHAPES: usize = 30_000;
const LEAST_CAPACITY: usize = 4096;

pub(crate) struct Devices {
    canvas: HtmlCanvasElement,
    gl: Gl,
    program: Program,
    positions: Option<WebGlBuffer>,
    marks: Option<WebGlBuffer>,
    /// The numbers of the special slots: alarms, then badges.
    special: Option<WebGlBuffer>,
    /// Slots for which the buffers have room.
    capacity: usize,
    pub(crate) slots: Slots,
}

impl Devices {
    /// None: there is no WebGL2.
    pub(crate) fn context(canvas: &HtmlCanvasElement) -> Option<Gl> {
        let attributes = web_sys::WebGlContextAttributes::new();
        attributes.set_antialias(false);
        attributes.set_depth(false);
        let context = canvas
            .get_context_with_context_options("webgl2", &JsValue::from(attributes))
            .ok()??;
        context.dyn_into().ok()
    }

    /// The error is the driver's own words.
    pub(crate) fn new(
        canvas: HtmlCanvasElement,
        gl: Gl,
        palette: &Palette,
    ) -> Result<Self, String> {
        let program = Program::new(&gl)?;
        program.set_palette(palette);
        Ok(Self {
            canvas,
            program,
            positions: gl.create_buffer(),
            marks: gl.create_buffer(),
            special: gl.create_buffer(),
            gl,
            capacity: 0,
            slots: Slots::default(),
        })
    }

    pub(crate) fn canvas(&self) -> &HtmlCanvasElement {
        &self.canvas
    }

    /// After the context came back: everything on the card is gone, and the slots come with a fresh frame.
    pub(crate) fn restore(&mut self, palette: &Palette) -> Result<(), String> {
        *self = Self::new(self.canvas.clone(), self.gl.clone(), palette)?;
        Ok(())
    }

    pub(crate) fn set_palette(&self, palette: &Palette) {
        self.program.set_palette(palette);
    }

    /// True when something must be drawn anew.
    pub(crate) fn apply(&mut self, update: &FrameUpdate) -> bool {
        let mut change = self.slots.apply(update);
        if self.slots.len() > self.capacity {
            self.grow();
            change.uploads.clear();
            change.uploads.push(0..self.slots.len());
        }
        for slots in &change.uploads {
            self.upload(slots.clone());
        }
        if change.special {
            self.upload_special();
        }
        change.len || !change.uploads.is_empty()
    }

    fn grow(&mut self) {
        let gl = &self.gl;
        self.capacity = self.slots.len().next_power_of_two().max(LEAST_CAPACITY);
        gl.bind_buffer(Gl::ARRAY_BUFFER, self.positions.as_ref());
        gl.buffer_data_with_i32(
            Gl::ARRAY_BUFFER,
            (self.capacity * 8) as i32,
            Gl::DYNAMIC_DRAW,
        );
        gl.vertex_attrib_i_pointer_with_i32(POSITION, 2, Gl::UNSIGNED_INT, 0, 0);
        gl.enable_vertex_attrib_array(POSITION);
        gl.bind_buffer(Gl::ARRAY_BUFFER, self.marks.as_ref());
        gl.buffer_data_with_i32(
            Gl::ARRAY_BUFFER,
            (self.capacity * MARK_BYTES) as i32,
            Gl::DYNAMIC_DRAW,
        );
        gl.vertex_attrib_i_pointer_with_i32(MARK, 4, Gl::UNSIGNED_BYTE, 0, 0);
        gl.enable_vertex_attrib_array(MARK);
    }

    fn upload(&self, slots: Range<usize>) {
        let (gl, first) = (&self.gl, slots.start);
        let positions = array(self.slots.positions(slots.clone()));
        gl.bind_buffer(Gl::ARRAY_BUFFER, self.positions.as_ref());
        gl.buffer_sub_data_with_i32_and_array_buffer_view(
            Gl::ARRAY_BUFFER,
            (first * 8) as i32,
            &positions,
        );
        gl.bind_buffer(Gl::ARRAY_BUFFER, self.marks.as_ref());
        gl.buffer_sub_data_with_i32_and_u8_array(
            Gl::ARRAY_BUFFER,
            (first * MARK_BYTES) as i32,
            self.slots.marks(slots),
        );
    }

    fn upload_special(&self) {
        let Special { alarms, badges } = self.slots.special();
        let slots = [alarms.as_slice(), badges].concat();
        let kind = Gl::ELEMENT_ARRAY_BUFFER;
        self.gl.bind_buffer(kind, self.special.as_ref());
        self.gl
            .buffer_data_with_array_buffer_view(kind, &array(&slots), Gl::DYNAMIC_DRAW);
    }

    /// `ratio` is device px per CSS px.
    pub(crate) fn draw(&self, view: &View, ratio: f64, selected: Option<u32>) {
        let [width, height] = fit_canvas(&self.canvas, view, ratio).map(|side| side as f32);
        let margin = MARGIN * ratio as f32;
        self.program.set_projection(Projection {
            centre: view.centre,
            scale: (view.pixels_per_unit() * ratio) as f32,
            half: [width / 2.0 + margin, height / 2.0 + margin],
            ratio: ratio as f32,
        });
        self.gl.viewport(
            -margin as i32,
            -margin as i32,
            (width + 2.0 * margin) as i32,
            (height + 2.0 * margin) as i32,
        );
        self.gl.clear_color(0.0, 0.0, 0.0, 0.0);
        self.gl.clear(Gl::COLOR_BUFFER_BIT);
        let world = view.pixels_per_unit() * f64::from(u32::MAX);
        let copies = ((view.width / world - 1.0) / 2.0).ceil().max(0.0) as i32;
        for copy in -copies..=copies {
            let shift = (f64::from(copy) * world * ratio) as f32;
            let begin = |pass| self.program.begin(pass, shift, ratio as f32);
            self.draw_world(view, selected, begin);
        }
    }

    fn draw_world(&self, view: &View, selected: Option<u32>, begin: impl Fn(Pass)) {
        let len = self.slots.len();
        if len == 0 {
            // The buffers are not there yet, and Chromium warns of every draw without them.
            return;
        }
        let crowded = len > MOST_SHAPES && self.slots.count_in(view.bounds()) > MOST_SHAPES;
        begin(if crowded { Pass::Dots } else { Pass::Marks });
        self.gl.draw_arrays(Gl::POINTS, 0, len as i32);
        let Special { alarms, badges } = self.slots.special();
        if !badges.is_empty() && !crowded {
            begin(Pass::Badges);
            self.draw_special(alarms.len(), badges.len());
        }
        if !alarms.is_empty() {
            for pass in [Pass::Alarms, Pass::AlarmBars, Pass::AlarmDots] {
                begin(pass);
                self.draw_special(0, alarms.len());
            }
        }
        if let Some(slot) = selected.filter(|&slot| (slot as usize) < len) {
            for pass in [Pass::Ring, Pass::Selected] {
                begin(pass);
                self.gl.draw_arrays(Gl::POINTS, slot as i32, 1);
            }
        }
    }

    fn draw_special(&self, first: usize, count: usize) {
        let (count, offset) = (count as i32, (first * 4) as i32);
        self.gl
            .draw_elements_with_i32(Gl::POINTS, count, Gl::UNSIGNED_INT, offset);
    }
}

/// A copy outside of wasm's memory, where no growth can detach it.
fn array(numbers: &[u32]) -> Object {
    Uint32Array::new_from_slice(numbers).into()
}
