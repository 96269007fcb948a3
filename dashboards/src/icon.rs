//! icon: the few symbols of the pages, drawn; each stands beside a word that says the same.

/// A symbol by name, hidden from those who hear the page.
pub fn icon(name: &str) -> String {
    let shape = match name {
        "up" => "<path d=\"M8 3l5.5 9.5h-11z\" fill=\"currentColor\"/>",
        "down" => "<path d=\"M8 13L2.500 3.500h11z\" fill=\"currentColor\"/>",
        "equal" => "<path d=\"M3 6h10M3 10.500h10\"/>",
        "rise" => "<path d=\"M3 12L12 4M6.500 3.500H12.500V9.500\"/>",
        "fall" => "<path d=\"M3 4l9 8M12.500 6.500V12.500H6.500\"/>",
        "check" => "<path d=\"M2.500 8.500l3.700 4L13.500 4\"/>",
        "near" => {
            "<path d=\"M2.500 6.500c2-2.500 3.500-2.500 5.500-1s3.500 1.500 5.500-1M2.500 11.500c2-2.500 3.500-2.500 5.500-1s3.500 1.500 5.500-1\"/>"
        }
        "cross" => "<path d=\"M3.500 3.500l9 9M12.500 3.500l-9 9\"/>",
        "none" => "<path d=\"M3.500 8h9\"/>",
        "arrow" => "<path d=\"M3 8h9.500M8.500 4l4 4-4 4\"/>",
        "load" => "<path d=\"M8 2.500v8M4.500 7.500L8 11l3.500-3.500M3 13.500h10\"/>",
        "warn" => "<path d=\"M8 3v6.500M8 12.500v.4\"/>",
        _ => "<circle cx=\"8\" cy=\"8\" r=\"3\" fill=\"currentColor\"/>",
    };
    format!(
        "<svg class=\"icon\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" \
         stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\" focusable=\"false\">{shape}</svg>"
    )
}
