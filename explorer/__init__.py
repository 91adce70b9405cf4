"""In: the current edition. Out: pages for people who would rather look than write SQL: an app (`claimledger explore`) and static HTML.

From the edition to the page, each step knowing only those before it:

    labels     words for the codes of the tables, colours for the sides
    questions  filters -> rows; all the SQL there is
    charts     rows -> Vega-Lite          markup, views  rows -> HTML       downloads  rows -> files
    site       an edition -> a folder of static pages      shell, app, screens/, serve  an edition -> a Streamlit app
"""
