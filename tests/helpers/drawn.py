"""A receipt drawn so plainly that it is read without a doubt: what fails then is not the engine."""

from PIL import Image, ImageDraw, ImageFont


def plain_receipt(total: str = "10.50", *, shop: str = "CORNER BAKERY LTD") -> Image.Image:
    """An image in grey, of pounds and of 14 March 2025."""
    lines = [
        shop,
        "12 High Street, London W1A 1AA",
        "Tel 020 7946 0123   VAT No GB 123 4567 82",
        "Date 14/03/2025   Time 12:04",
        "",
        "1 WHITE BREAD            3.50",
        f"1 COFFEE BEANS           {float(total) - 3.5:.2f}",
        "",
        f"TOTAL GBP               {total}",
        f"VISA                    {total}",
        "",
        "THANK YOU",
    ]
    image = Image.new("L", (760, 60 + 46 * len(lines)), 252)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(28)
    for row, line in enumerate(lines):
        draw.text((40, 30 + 46 * row), line, fill=25, font=font)
    return image
