-- Do the graded similarity (RSE) and the prefix_overlap score tell the same story?
select
    grade.target,
    grade.reference,
    grade.judge,
    grade.grade,
    grade.low as grade_low,
    grade.high as grade_high,
    similarity.prefix_overlap_d,
    rank() over (partition by grade.target, grade.judge order by grade.grade desc) as place_by_grade,
    rank() over (partition by grade.target, grade.judge order by similarity.prefix_overlap_d desc) as place_by_prefix_overlap
from mart.rse_grade as grade
inner join mart.pair_similarity as similarity using (target, reference)
where grade.prompt_set = 'all' and not grade.is_self and grade.grade is not null
order by grade.judge, grade.target, place_by_grade, grade.reference;
