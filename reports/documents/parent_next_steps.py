"""What parents read of the next step: words for each subject and each area of learning. Plain Python.

General on purpose: they say what usually comes next for where a child is, and nothing that somebody would have had to record.
"""

from __future__ import annotations

from assessment.engine.expected_range import Attainment

NEXT = {
    "reading": {
        Attainment.BELOW: "Next, {child} will read with an adult little and often, with books chosen to be just right, so that each one feels like a success. Ten minutes of reading together at home helps more than anything.",
        Attainment.AT: "Next, {child} will read a wider range of books and talk about them: what happened, why, and what the words tell us.",
        Attainment.ABOVE: "Next, {child} will try longer and richer books, and practise finding the words on the page that show why they think what they think.",
    },
    "writing": {
        Attainment.BELOW: "Next, {child} will say sentences aloud before writing them, and practise the spellings and letters that matter most, a few at a time.",
        Attainment.AT: "Next, {child} will write for different readers, and go back over their own work to make it clearer.",
        Attainment.ABOVE: "Next, {child} will choose words and sentences to suit the reader, and polish longer pieces of their own.",
    },
    "mathematics": {
        Attainment.BELOW: "Next, {child} will practise the number facts that everything else rests on, with things to hold and draw, until they come easily. Counting and number games at home are a great help.",
        Attainment.AT: "Next, {child} will use what they know in new kinds of problem, and explain how they worked it out.",
        Attainment.ABOVE: "Next, {child} will meet problems that can be solved in more than one way, and explain which way is best and why.",
    },
    "science": {
        Attainment.BELOW: "Next, {child} will revisit the main ideas by looking, trying and talking about what happens, and learn the words that go with them.",
        Attainment.AT: "Next, {child} will plan simple tests of their own and say what the results show.",
        Attainment.ABOVE: "Next, {child} will ask their own questions, decide how to find out, and explain results using the science they know.",
    },
}
# Years 7 to 9 have words of their own age where a younger child would be read with or counted with.
NEXT_FROM_YEAR_7 = {
    "reading": "Next, {child} will read shorter pieces chosen to be just right, and talk over with an adult what they say and how. Reading what interests them at home, papers, books or websites, helps more than anything.",
    "writing": "Next, {child} will plan with a few notes before writing, and check sentences and spellings one thing at a time.",
    "mathematics": "Next, {child} will go back to the number work that everything else rests on, step by step, until it comes easily. Working out prices, times and distances together is a great help.",
    "science": "Next, {child} will come back to the main ideas through practical work, and learn to use the words of science that go with them.",
}
# Of each heading of the early years: what it is in a few words, a next step where some of it is still to come, and one where it is there.
EARLY = {
    "Communication and language": (
        "listening and talking",
        "Next, we will talk and listen together in small groups every day. At home, chatting about what you are doing, and giving time to answer, helps more than anything.",
        "Next, {child} will use new words in play and stories, and ask questions about them.",
    ),
    "Physical development": (
        "moving and using their hands",
        "Next, there will be plenty of climbing, running, threading and drawing, so that big and small movements grow stronger.",
        "Next, {child} will try finer work with pencils, scissors and tools, and new games outdoors.",
    ),
    "Personal, social and emotional development": (
        "getting along with others and looking after themselves",
        "Next, we will help with putting feelings into words, taking turns and doing small things alone, with an adult close by.",
        "Next, {child} will take on small jobs, and learn to see things from a friend’s side.",
    ),
    "Literacy": (
        "stories, reading and writing",
        "Next, we will share books and play with the sounds in words every day. A story together at home is the best help there is.",
        "Next, {child} will read and write more words and sentences, and retell stories in their own way.",
    ),
    "Mathematics": (
        "numbers and patterns",
        "Next, we will count, sort and compare real things every day. Counting stairs, spoons and jumps at home is a great help.",
        "Next, {child} will find different ways to make the same number, and make patterns of their own.",
    ),
    "Understanding the world": (
        "finding out about the world",
        "Next, we will look closely at things and people around us and talk about what we notice. Walks and family stories are a great start.",
        "Next, {child} will compare places, people and living things, and explain what they have noticed.",
    ),
    "Expressive arts and design": (
        "making, music and pretend play",
        "Next, there will be time to sing, paint, build and pretend alongside others, with ideas to borrow.",
        "Next, {child} will plan what to make or act out, and talk about how it went.",
    ),
}
# Where nothing is written down, and where nothing is to be.
NEXT_UNJUDGED = "Next, the teacher will look at {child}’s work with them, and tell you what they find."
NEXT_WITHOUT_RANGE = "Next, {child}’s teacher can show you the work in hand and what it leads to."
