-- Do the graded likeness (RSE) and the opening score tell the same story?
select
    grade.target,
    grade.reference,
    grade.judge,
    grade.grade,
    grade.low as grade_low,
    grade.high as grade_high,
    likeness.opening_d,
    rank() over (partition by grade.target, grade.judge order by grade.grade desc) as place_by_grade,
    rank() over (partition by grade.target, grade.judge order by likeness.opening_d desc) as place_by_opening
from mart.similarity_grade as grade
inner join mart.likeness as likeness using (target, reference)
where grade.prompt_set = 'all' and not grade.is_self and grade.grade is not null
order by grade.judge, grade.target, place_by_grade, grade.reference;
